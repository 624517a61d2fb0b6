"""The faults of `make chaos`: each runs one stage in a project and disturbs it at a random point.

A point in time is drawn from the stage's work: a delay after the stage has taken its lock, when its
libraries are loaded.
"""

from __future__ import annotations

import os
import random
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from bench.chaos_project import ChaosProject
from tests.support.dvc_project import environment

SECONDS = {"segment": 4.0, "normalize": 0.2, "build_dataset": 1.5, "finetune": 6.0}
"""Most of the delay by stage, on two idle cores; `OTHER_SECONDS` for others."""
OTHER_SECONDS = 3.0
DVC_SECONDS = 1.5
"""What DVC does after the stage: hashes, dvc.lock."""
LONGEST = 600
"""A run that takes more seconds hangs."""
ENDING = 60.0
"""Seconds in which all processes of a stage must have ended after a signal to one of them."""
YEARS = 365 * 24 * 3600
CLOCK = """
import os, time
_jump, _at = float(os.environ["CLOCK_JUMP"]), time.monotonic() + float(os.environ["CLOCK_AT"])
_now, _now_ns = time.time, time.time_ns
def _added():
    return _jump if time.monotonic() > _at else 0.0
time.time = lambda: _now() + _added()
time.time_ns = lambda: _now_ns() + int(_added() * 1e9)
"""


@dataclass
class Disturbed:
    """What the disturbed run did."""

    output: str
    ended: bool = True
    """Whether it ended by itself: the fault came too late, or did not matter."""
    faults: tuple[str, ...] = ()
    """What it must not do, such as leave processes behind."""


Fault = Callable[[ChaosProject, random.Random], Disturbed]


@contextmanager
def started(
    project: ChaosProject, command: list[str], **env: str
) -> Iterator[subprocess.Popen[str]]:
    """The command at work in the project, with all its output in a pipe; killed at the end."""
    with project.log.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, cwd=project.folder, env=environment(PYTHONUNBUFFERED="1", **env), text=True,
            stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            for number in {process.pid, *project.processes()}:
                try:
                    os.kill(number, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            process.wait()


def wait_for_work(project: ChaosProject, process: subprocess.Popen[str], delay: float) -> bool:
    """Wait until the stage has been at work for `delay` seconds. Returns: whether it still runs."""
    lock, limit = project.folder / ".state/locks" / project.stage, time.monotonic() + LONGEST
    while not lock.exists() and process.poll() is None and time.monotonic() < limit:
        time.sleep(0.005)
    try:
        process.wait(delay)
    except subprocess.TimeoutExpired:
        return True
    return False


def delay_of(project: ChaosProject, rng: random.Random, more: float = 0.0) -> float:
    return rng.uniform(0, SECONDS.get(project.stage, OTHER_SECONDS) + more)


def signalled(number: signal.Signals, with_dvc: bool, group: bool = False) -> Fault:
    """A fault: a signal to the stage or to the DVC that runs it, or to all their processes."""

    def fault(project: ChaosProject, rng: random.Random) -> Disturbed:
        command = project.dvc_command if with_dvc else project.command
        delay = delay_of(project, rng, DVC_SECONDS if with_dvc else 0.0)
        found = []
        with started(project, command) as process:
            runs = wait_for_work(project, process, delay)
            if runs:
                (os.killpg if group else os.kill)(process.pid, number)
                code = process.wait(LONGEST)
                if not project.all_end_within(ENDING):
                    found.append("processes left")
                # Once the stage's work is done, Python has no handler any more.
                late = code == -number and not project.differences()
                expected = (0, 128 + number, 1 if group else 0)
                if number != signal.SIGKILL and not with_dvc and code not in expected and not late:
                    found.append(f"exit {code}")
        return Disturbed(project.output(), not runs, tuple(found))

    return fault


def clock_jumps(project: ChaosProject, rng: random.Random) -> Disturbed:
    """The clock is set at a random point, then the stage is killed; meanwhile files get times of
    other years, in random order."""
    hook = project.folder.with_name("clock")
    hook.mkdir(exist_ok=True)
    (hook / "sitecustomize.py").write_text(CLOCK, encoding="utf-8")
    delay, jump = delay_of(project, rng), rng.choice((-1, 1)) * rng.uniform(0, 10 * YEARS)
    env = {"PYTHONPATH": str(hook), "CLOCK_JUMP": str(jump), "CLOCK_AT": str(delay / 2)}
    with started(project, project.command, **env) as process:
        runs = wait_for_work(project, process, delay)
    for path in sorted((project.folder / ".state").rglob("*")):
        then = time.time() + rng.uniform(-10, 10) * YEARS
        os.utime(path, (then, then))
    return Disturbed(project.output(), not runs)


def twice(with_dvc: bool) -> Fault:
    """A fault: a second run begins while the first is at work."""

    def fault(project: ChaosProject, rng: random.Random) -> Disturbed:
        command = project.dvc_command if with_dvc else project.command
        with started(project, command) as first:
            wait_for_work(project, first, delay_of(project, rng))
            second = subprocess.run(
                command, cwd=project.folder, env=environment(), capture_output=True, text=True,
                timeout=LONGEST,
            )  # fmt: skip
            code = first.wait(LONGEST)
        # DVC itself refuses a second run of a stage.
        bad = code != 0 or (second.returncode != 0 and not with_dvc)
        return Disturbed(project.output(), True, ("a run failed",) if bad else ())

    return fault


@cache
def may_mount() -> bool:
    """Whether this user may mount in a namespace of their own."""
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def mounted(prepare: Callable[[ChaosProject, random.Random], str]) -> Fault:
    """A fault: the stage runs with other mounts, which a shell command makes that ends in the
    folder in which the stage is to run."""

    def fault(project: ChaosProject, rng: random.Random) -> Disturbed:
        script = f"set -e; {prepare(project, rng)}; {shlex.join(project.command)}"
        with started(project, ["unshare", "-rm", "sh", "-c", script]) as process:
            code = process.wait(LONGEST)
        found = () if code in (0, 1) else (f"exit {code}",)
        return Disturbed(project.output(), code == 0, found)

    return fault


def _full_disk(project: ChaosProject, rng: random.Random) -> str:
    """A copy of the project on a disk that has room for a random share of what the stage writes;
    what it leaves is copied back."""
    kilobytes = 8 + int(rng.uniform(0, 1) * project.output_bytes()) // 1024
    here = shlex.quote(str(project.folder))
    return (
        f"mount -t tmpfs none /mnt; mkdir /mnt/p; cp -a {here}/[!.]* /mnt/p; "
        "used=$(du -sk /mnt | cut -f1); "
        f"mount -o remount,size=$(( used + {kilobytes} ))k /mnt; "
        f"trap 'cp -a /mnt/p/. {here}' EXIT; cd /mnt/p"
    )


def _full_tmp(project: ChaosProject, rng: random.Random) -> str:
    kilobytes = rng.choice((4, 64, 1024))
    fill = "{ head -c 2M /dev/zero > $folder/full; } 2> /dev/null || true"
    return (
        f"mount --bind {shlex.quote(str(project.folder))} /mnt; for folder in /tmp /var/tmp; do "
        f"mount -t tmpfs -o size={kilobytes}k none $folder; {fill}; done; cd /mnt"
    )


def _read_only(project: ChaosProject, rng: random.Random) -> str:
    folder = rng.choice(("data", "metrics", "models", "reports", ".state"))
    here = shlex.quote(str(project.folder))
    return (
        f"cd {here}; mkdir -p {folder}; mount --bind {folder} {folder}; "
        f"mount -o remount,bind,ro {folder}"
    )


FAULTS: dict[str, Fault] = {
    "SIGKILL to the stage": signalled(signal.SIGKILL, with_dvc=False),
    "SIGKILL to all processes": signalled(signal.SIGKILL, with_dvc=False, group=True),
    "SIGTERM to the stage": signalled(signal.SIGTERM, with_dvc=False),
    "SIGTERM to all processes": signalled(signal.SIGTERM, with_dvc=False, group=True),
    "Ctrl-C": signalled(signal.SIGINT, with_dvc=False, group=True),
    "SIGKILL to dvc": signalled(signal.SIGKILL, with_dvc=True),
    "SIGTERM to dvc": signalled(signal.SIGTERM, with_dvc=True),
    "clock set, SIGKILL": clock_jumps,
    "two runs of a stage": twice(with_dvc=False),
    "two `dvc repro`": twice(with_dvc=True),
    "full disk": mounted(_full_disk),
    "full /tmp": mounted(_full_tmp),
    "read-only folder": mounted(_read_only),
}
MOUNTED = ("full disk", "full /tmp", "read-only folder")
