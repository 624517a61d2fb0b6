"""Try learning rates one after the other: `attune sweep [RATE ...]`, or `make sweep`.

Queues an experiment for each rate through DVC, waits until the queue is empty with a line for each
that ended, and ranks all by validation WER. An experiment runs in a copy that holds what git and
DVC know, so the recordings have to be known to either. Interrupted, the queue goes on by itself,
and the next call waits for it again instead of queueing anew.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attune.ranking import ranked, ranking_markdown
from stages.common.core.errors import UserError
from stages.common.evaluation.comparison.evaluated import read_params
from stages.common.evaluation.comparison.revisions import experiments, revision, working_tree

RATES = ("1e-6", "5e-6", "1e-5", "3e-5", "5e-5")
"""The usual grid for a Whisper's full fine-tuning."""
_POLL_SECONDS = 2.0
_QUIET_POLLS = 2
"""A worker that has much to do may leave one question unanswered."""
_POLLS_WITHOUT_WORKER = 15
"""A worker takes seconds to start, and ends by itself when it has found the queue empty."""
OPEN = ("Queued", "Running")


@dataclass(frozen=True)
class Task:
    commit: str
    """Holds the parameters it was queued with."""
    state: str
    """Queued, Running, Failed or Success, as DVC calls it."""


def sweep(rates: Sequence[str]) -> bool:
    """Run an experiment for each learning rate and print their ranking by validation WER.

    Returns: whether all succeeded. Raises: UserError where none can be run.
    """
    rates = _rates(rates)
    before = tasks()
    mine = {name: task for name, task in before.items() if task.state in OPEN}
    if mine:
        print("experiments wait from before: nothing is added to them")
    else:
        _check_versioned()
        _let_last_worker_end()
        _dvc("exp", "run", "--queue", "-S", f"finetune.learning_rate={','.join(rates)}")
        mine = {name: task for name, task in tasks().items() if name not in before}
    names = {name: f"{name} (learning rate {_rate(task)})" for name, task in mine.items()}
    try:
        print("queued:", *sorted(names.values()), sep="\n  ", flush=True)
        # The worker would hold a pipe of this process open as long as it lives.
        _dvc("queue", "start", "--jobs", "1", stderr=subprocess.DEVNULL)
        failed = _wait(names)
    except KeyboardInterrupt:
        print(
            "sweep: what is queued stays queued, and what runs goes on; `make sweep` waits for "
            "them again, `dvc queue stop --kill` ends them",
            file=sys.stderr,
        )
        raise
    print("", ranking_markdown(ranked(experiments(), working_tree())), sep="\n")
    for name in failed:
        print(f"sweep: {names[name]} failed: see `dvc queue logs {name}`", file=sys.stderr)
    return not failed


def tasks() -> dict[str, Task]:
    """By name, the experiments in DVC's queue and those that ended since it was cleared."""
    from dvc.repo import Repo

    with Repo() as repo:
        found = repo.experiments.celery_queue.status()
    return {task["name"] or task["rev"][:7]: Task(task["rev"], task["status"]) for task in found}


def _wait(names: Mapping[str, str]) -> list[str]:
    """Until all experiments of that name ended, telling each. Returns: those that failed.

    names: name -> how it is called on the screen. Raises: UserError where nobody works on them.
    """
    started, alone = time.monotonic(), 0
    told: dict[str, str] = {}
    while True:
        now = tasks()
        if not now.keys() >= names.keys():
            # One that is just being taken out of the queue stands in no list for a moment.
            time.sleep(_POLL_SECONDS)
            now = tasks()
        for name, shown in names.items():
            state = now[name].state if name in now else "Removed"
            if name in told or state in OPEN:
                continue
            told[name] = state
            minutes = (time.monotonic() - started) / 60
            print(
                f"{shown}: {state.lower()} after {minutes:.0f} min, {len(told)} of {len(names)}",
                flush=True,
            )
        if len(told) == len(names):
            return [name for name, state in told.items() if state != "Success"]
        alone = 0 if _has_worker() else alone + 1
        if alone > _POLLS_WITHOUT_WORKER:
            raise UserError(
                "DVC's worker ended before its queue did: `dvc queue status` shows what is left; "
                "`dvc queue kill NAME` marks what claims to run, and `make sweep` goes on"
            )
        time.sleep(_POLL_SECONDS)


def _rate(task: Task) -> Any:
    return read_params(revision(task.commit)).get("finetune.learning_rate")


def _let_last_worker_end() -> None:
    """DVC's worker ends some 10 s after its queue got empty. What is queued in the moment between
    its last look and its end is taken out of the queue and never run (dvc 3.67, celery 5.7)."""
    quiet = 0
    while quiet < _QUIET_POLLS:
        quiet = 0 if _has_worker() else quiet + 1
        time.sleep(_POLL_SECONDS)


def _has_worker() -> bool:
    from dvc.repo import Repo

    with Repo() as repo:
        return bool(repo.experiments.celery_queue.worker_status())


def _rates(given: Sequence[str]) -> list[str]:
    """As DVC takes them. Raises: UserError naming what is none."""
    rates, wrong = [], []
    for text in (part for item in given for part in item.split(",") if part):
        try:
            rate = float(text)
        except ValueError:
            rate = 0.0
        if 0 < rate < 1:
            rates.append(f"{rate:g}")
        else:
            wrong.append(text)
    if wrong:
        raise UserError(f"no learning rates: {', '.join(wrong)}; give numbers such as 1e-5")
    return rates


def _check_versioned() -> None:
    """Raises: UserError naming the data that a queued experiment would not find in its copy."""
    from dvc.repo import Repo

    params = read_params(working_tree())
    with Repo() as repo:
        outs = [Path(out.fs_path) for out in repo.index.outs]
    missing = []
    for name in ("data.sessions", "data.key"):
        place = Path(params[name]).resolve()
        if not any(place.is_relative_to(out) for out in outs) and not _git_lists(place):
            missing.append(name)
    if missing:
        raise UserError(
            f"neither DVC nor git knows what {' and '.join(missing)} in params.yaml names, so an "
            "experiment would not find it: `dvc add` it, and commit what that wrote"
        )


def _git_lists(place: Path) -> bool:
    done = subprocess.run(["git", "ls-files", "--", str(place)], capture_output=True, check=False)
    return bool(done.stdout)


def _dvc(*arguments: str, stderr: int | None = None) -> None:
    """On its standard error it says itself what is wrong. Raises: UserError."""
    done = subprocess.run(
        [sys.executable, "-m", "dvc", *arguments, "--quiet"],
        stdout=subprocess.DEVNULL, stderr=stderr, check=False,
    )  # fmt: skip
    if done.returncode:
        raise UserError(f"`dvc {' '.join(arguments[:2])}` failed")
