"""A git repository with the metrics and parameters that `attune compare` reads.

`start_pipeline` adds a DVC pipeline of two stages that runs in no time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stages.common.core.process import NO_TELEMETRY
from stages.common.text.error_counts import ErrorCounts, to_csv
from tests.support.imports import ROOT

CLIPS, WORDS = 10, 100
ERRORS = (120, 150, 90, 200, 140, 180, 160, 160)
"""In each recording; 1,200 in 8,000 words."""
PARAMS = """data:
  sessions: private-place
  key: private-key
finetune:
  learning_rate: 0.002
"""

# The learning rate decides the errors: 0.002 gives the metrics that `start` writes, 0.003 fails,
# 0.005 writes the file WAITING and waits for GO. SIGINT ends it without a traceback, as it ends a
# stage of Attune.
GO, WAITING = ".dvc/tmp/go", ".dvc/tmp/waiting"
STAGE = f"""
import json, os, pathlib, signal, time, yaml
from stages.common.core.process import NO_TELEMETRY
from stages.common.text.error_counts import to_csv
from tests.support.git_repository import ERRORS, clips_with, write_model
signal.signal(signal.SIGINT, signal.SIG_DFL)
rate = float(yaml.safe_load(open("params.yaml"))["finetune"]["learning_rate"])
if rate == 0.005:
    root = pathlib.Path(os.environ["DVC_ROOT"])
    (root / "{WAITING}").touch()
    while not (root / "{GO}").exists():
        time.sleep(0.1)
share = {{0.002: 1.0, 0.004: 0.5, 0.005: 0.8, 0.001: 1.5}}[rate]
write_model(pathlib.Path("."), clips_with([round(count * share) for count in ERRORS]))
json.dump({{"validation_wer": 0.3 * share}}, open("metrics/finetune.json", "w"))
# The converted model's validation WER is 45 % times the share.
counts = to_csv(clips_with([round(3 * count * share) for count in ERRORS]))
open("metrics/errors_validation.csv", "w").write(counts)
"""
PIPELINE = """
stages:
  check_inputs:
    cmd: echo checked > checked
    always_changed: true
    outs: [checked]
  segment:
    cmd: mkdir segments && cp private-place/one segments/one
    deps: [checked, private-place]
    outs: [segments]
  evaluate:
    cmd: python stage.py
    params: [finetune]
    deps: [segments, stage.py]
    metrics:
      - metrics/evaluate.json: {cache: false}
      - metrics/finetune.json: {cache: false}
    plots:
      - metrics/errors.csv: {cache: false, x: reference_words, y: substitutions, template: scatter}
      - metrics/errors_validation.csv:
          {cache: false, x: reference_words, y: substitutions, template: scatter}
"""


def environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DVC_", "GIT_"))}
    path = f"{Path(sys.executable).parent}:{kept['PATH']}"
    # `dvc init` has no .dvc/config yet that switches its analytics off.
    return kept | NO_TELEMETRY | {"PATH": path, "PYTHONPATH": str(ROOT)}


def call(
    folder: Path, *arguments: str, command: str = "compare"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "attune", command, *arguments],
        cwd=folder, env=environment(), capture_output=True, text=True,
    )  # fmt: skip


def dvc(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["dvc", *arguments], cwd=folder, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", *arguments], cwd=folder, env=environment(), check=True, capture_output=True
    )


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=T", "-c", "user.email=t@localhost", "commit", "-qm", "Metrics")


def clips_with(errors: Sequence[int]) -> list[ErrorCounts]:
    """errors: in each recording; its clips share them as evenly as whole numbers allow."""
    return [
        ErrorCounts(
            recording=f"r{number:010x}",
            client=f"c{number // 4:010x}",
            clips=1,
            reference_words=WORDS,
            substitutions=count // CLIPS + (clip < count % CLIPS),
            deletions=0,
            insertions=0,
        )
        for number, count in enumerate(errors)
        for clip in range(CLIPS)
    ]


def write_model(
    folder: Path, clips: list[ErrorCounts], *, base: bool = False, **metrics: Any
) -> None:
    """Write metrics and error counts of one run on an hour of audio."""
    counts, name = ("errors_base", "baseline") if base else ("errors", "evaluate")
    (folder / "metrics").mkdir(exist_ok=True)
    (folder / "metrics" / f"{counts}.csv").write_text(to_csv(clips))
    kinds = ("reference_words", "substitutions", "deletions", "insertions")
    row = {kind: sum(getattr(clip, kind) for clip in clips) for kind in kinds} | {
        "seconds": 3600.0,
        "recordings": len({clip.recording for clip in clips}),
        "test_set": "set1",
        "normalizer_version": 1,
        "beam_size": 5,
        "window_seconds": 30.0,
    }
    (folder / "metrics" / f"{name}.json").write_text(json.dumps(row | metrics))


def start(folder: Path) -> None:
    git(folder, "init", "-q", "-b", "main")
    (folder / "params.yaml").write_text(PARAMS)
    write_model(folder, clips_with(ERRORS))
    write_model(folder, clips_with(ERRORS), base=True)


def start_branch(folder: Path) -> None:
    """`start`, commit it on main, and switch to a branch from there."""
    start(folder)
    commit(folder)
    git(folder, "switch", "-qc", "work")


def start_pipeline(folder: Path) -> None:
    """`start`, then run the pipeline once and commit all but the data, which DVC tracks."""
    start(folder)
    (folder / "private-place").mkdir()
    (folder / "private-place" / "one").write_text("what was said")
    (folder / "private-key").write_text("a key for tests")
    (folder / "stage.py").write_text(STAGE)
    (folder / "dvc.yaml").write_text(PIPELINE)
    dataset = {"validation": {"recordings": 3, "segments": 196}}
    (folder / "metrics" / "dataset.json").write_text(json.dumps(dataset))
    dvc(folder, "init", "-q")
    dvc(folder, "config", "core.analytics", "false")
    dvc(folder, "add", "-q", "private-place", "private-key")
    dvc(folder, "repro", "-q")
    commit(folder)
