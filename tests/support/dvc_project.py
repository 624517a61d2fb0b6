"""A project for tests with the real dvc: this repository's files, a tiny base, short sessions.

Stages run without a network where the machine allows `unshare`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import soundfile
import yaml

from attune.speak.espeak import SAMPLE_RATE, Voice, speak
from stages.common.core.private_folders import set_up
from stages.common.core.process import NO_TELEMETRY, OFFLINE
from stages.fetch_base.whisper_files import folder_digest
from tests.support.imports import ROOT
from tests.support.trace import Trace, traced
from tests.support.warm_python import warm_python
from tests.support.whisper_models import tiny_english

KEY = "a key for tests, which everybody may know"
# One voice per client; the split of each follows from the key. test_privacy.py searches for these
# names and for four consecutive words of these lines: no other file may contain them.
TREES = ("ash", "birch", "cedar", "elm", "fir", "hazel", "larch", "maple", "oak", "pine")
CLIENTS = tuple(f"{tree}_intake" for tree in TREES)
LINES = (
    "and how did the week with the new plan go",
    "um it was better than i thought it would be",
    "on a scale of one to ten how tense were you in the {0} meeting",
    "i would say a {0} and then it went down by itself",
    "you stayed with the feeling for {0} minutes",
    "yes and i noticed my shoulders getting lighter after {0} breaths",
)
GUARD = ("the lantern hung above the ferry", "we painted the fence on saturday")
COUNTS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve")
SMALL: dict[str, dict[str, Any]] = {
    # The aligner is a toy.
    "segment": {"check": "none"},
    "build_dataset": {
        "validation": 0.25,
        "test": 0.25,
        "window_seconds": 8.0,
        "timestamps": 0.5,
        "prompts": 0.5,
        "partial_windows": 0.5,
        "empty_windows": 0.2,
    },
    "finetune": {
        "num_train_epochs": 2,
        "per_device_train_batch_size": 1,
        "eval_steps": 4,
        "early_stopping_patience": 0,
        "generation_max_length": 8,
        "learning_rate": 0.001,
    },
    "convert": {"compared_clips": 2},
    "evaluate": {"beam_size": 1},
}


def environment(python: Path = Path(sys.executable), /, **more: str) -> dict[str, str]:
    """Environment with `python` first in PATH, without settings of another project and without the
    switches of `confine`, which a shell does not have either; with one thread: tests use all cores
    already."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DVC_", "HF_", "GIT_")) and name not in NO_TELEMETRY | OFFLINE
    }
    path = f"{python.parent}:{Path(sys.executable).parent}:{kept['PATH']}"
    return kept | {"PATH": path, "OMP_NUM_THREADS": "1"} | more


@cache
def without_network() -> tuple[str, ...]:
    """Prefix of a command that runs without a network; empty where that is not permitted."""
    command = ("unshare", "-rn")
    try:
        result = subprocess.run([*command, "true"], capture_output=True)
    except FileNotFoundError:
        return ()
    return command if result.returncode == 0 else ()


def run(
    folder: Path, *command: str, ok: bool = True, trace: Trace | None = None, warm: bool = True,
    **env: str,
) -> subprocess.CompletedProcess[str]:  # fmt: skip
    """Run a command under the usual umask, 022: traced with the network, otherwise without it.

    Raises: AssertionError with its output if it fails and must be `ok`.

    warm: `python` in it is a fork, see warm_python.py; not if it is traced.
    """
    python = warm_python() if warm and not trace else Path(sys.executable)
    result = subprocess.run(
        traced(trace, *command) if trace else [*without_network(), *command],
        cwd=folder,
        env=environment(python, **env),
        capture_output=True,
        text=True,
        umask=0o022,
    )
    if ok and result.returncode:
        output = f"{result.stdout}\n{result.stderr}"
        raise AssertionError(f"{command}: exit code {result.returncode}\n{output}")
    return result


def git(folder: Path, *arguments: str) -> None:
    author = ("-c", "user.name=Test", "-c", "user.email=test@localhost")
    run(folder, "git", *author, *arguments, warm=False)


def write_sessions(folder: Path) -> None:
    """Write one session per client: FLAC, and SRT with exact times."""
    (folder / "audio").mkdir(parents=True)
    (folder / "transcripts").mkdir()
    for number, client in enumerate(CLIENTS):
        voice = Voice("en-us+m3", rate=150 + 3 * number, pitch=40 + 2 * number)
        parts, cues, position = [], [], 0
        for index, line in enumerate(LINES):
            text = line.format(COUNTS[(number + index) % len(COUNTS)])
            samples = speak(text, voice)
            parts += [samples, samples[:1].repeat(SAMPLE_RATE // 2) * 0]
            start, end = position / SAMPLE_RATE, (position + samples.size) / SAMPLE_RATE
            written = f"{text.capitalize()}."
            cues.append(f"{index + 1}\n{_time(start)} --> {_time(end)}\n{written}\n")
            position += samples.size + SAMPLE_RATE // 2
        audio = folder / "audio" / f"{client}.flac"
        soundfile.write(audio, [v for part in parts for v in part], SAMPLE_RATE, subtype="PCM_16")
        (folder / "transcripts" / f"{client}.srt").write_text("\n".join(cues), encoding="utf-8")


def write_guard(folder: Path) -> None:
    """Write the out-of-domain set: a WAV and a text per line."""
    for part in ("audio", "transcripts"):
        (folder / part).mkdir(parents=True)
    for number, line in enumerate(GUARD):
        audio = folder / "audio" / f"guard_{number}.wav"
        soundfile.write(audio, speak(line, Voice("en+f5")), SAMPLE_RATE, subtype="PCM_16")
        (folder / "transcripts" / f"guard_{number}.txt").write_text(line, encoding="utf-8")


def _time(seconds: float) -> str:
    whole, rest = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02},{rest:03}"


def set_params(folder: Path, changes: dict[str, dict[str, Any]]) -> None:
    """Change values of params.yaml, section by section."""
    path = folder / "params.yaml"
    params = yaml.safe_load(path.read_text(encoding="utf-8"))
    for section, values in changes.items():
        params[section] |= values
    path.write_text(yaml.safe_dump(params, sort_keys=False), encoding="utf-8")


def make_project(folder: Path) -> Path:
    """Create the project in `folder` and commit it; no stage has run yet."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    excluded = ("demo/", "tests/", "docs/", "metrics/", "dvc.lock")
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file() and not name.startswith(excluded):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)
    use_base(folder, tiny_english(folder / "base"))
    write_sessions(folder / "data" / "sessions")
    write_guard(folder / "data" / "guard")
    (folder / "data" / "key").write_text(KEY, encoding="utf-8")
    set_params(folder, {"data": {"sessions": "data/sessions", "key": "data/key"}} | SMALL)
    set_params(folder, {"evaluate": {"guard": "data/guard"}})
    git(folder, "init", "-q")
    set_up(folder)
    run(folder, "dvc", "add", "-q", "data/sessions", "data/key", "data/guard", warm=False)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Start")
    return folder


def use_base(folder: Path, base: Path) -> None:
    """Set `base` as the project's base model."""
    name = base.relative_to(folder).as_posix()
    set_params(folder, {"base": {"model": name, "revision": folder_digest(base)}})


def repro(
    folder: Path, *arguments: str, trace: Trace | None = None, warm: bool = True
) -> list[str]:
    """Run `dvc repro` and write its output to `log_of(folder)`.

    Returns: the stages that ran, in order, without `check_inputs`, which always runs.
    """
    result = run(folder, "dvc", "repro", *arguments, trace=trace, warm=warm)
    log_of(folder).write_text(result.stdout + result.stderr, encoding="utf-8")
    lines = result.stdout.splitlines()
    ran = [line.split("'")[1] for line in lines if line.startswith("Running stage ")]
    assert ran[0] == "check_inputs", ran
    return ran[1:]


def log_of(folder: Path) -> Path:
    """The log, beside the project, so that it is not one of its files."""
    return folder.with_name(f"{folder.name}.log")


def trace_of(folder: Path) -> Trace:
    """The trace of the finished project's run, beside it."""
    return Trace(folder.with_name("trace") / "repro")


def metrics(folder: Path, name: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((folder / "metrics" / f"{name}.json").read_text())
    return values


TIMED = ("metrics/speed", "reports/report.html")
"""Prefixes of outputs that contain measured times and differ between runs."""


def hashes(folder: Path) -> dict[str, str]:
    """Path -> hash of every output in `dvc.lock`, but for those with measured times."""
    lock = yaml.safe_load((folder / "dvc.lock").read_text(encoding="utf-8"))
    outs = [out for stage in lock["stages"].values() for out in stage["outs"]]
    return {out["path"]: out["md5"] for out in outs if not out["path"].startswith(TIMED)}
