"""A repository that holds metrics and parameters alone, as `stages.compare` reads them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stages.common.verdict.counts import ClipErrors, to_csv
from tests.imports import ROOT

CLIPS, WORDS = 10, 100
ERRORS = (120, 150, 90, 200, 140, 180, 160, 160)
"""Of each recording; 1,200 in 8,000 words."""
PARAMS = """data:
  sessions: private-place
finetune:
  learning_rate: 0.002
"""


def environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DVC_", "GIT_"))}
    path = f"{Path(sys.executable).parent}:{kept['PATH']}"
    return kept | {"PATH": path, "PYTHONPATH": str(ROOT)}


def call(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stages.compare", *arguments],
        cwd=folder, env=environment(), capture_output=True, text=True,
    )  # fmt: skip


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", *arguments], cwd=folder, env=environment(), check=True, capture_output=True
    )


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=T", "-c", "user.email=t@localhost", "commit", "-qm", "Metrics")


def clips_with(errors: Sequence[int]) -> list[ClipErrors]:
    """Each recording's errors spread over its clips as evenly as whole numbers go."""
    return [
        ClipErrors(
            clip=f"r{number:010x}-{clip:04}",
            recording=f"r{number:010x}",
            reference_words=WORDS,
            substitutions=count // CLIPS + (clip < count % CLIPS),
            deletions=0,
            insertions=0,
        )
        for number, count in enumerate(errors)
        for clip in range(CLIPS)
    ]


def write_model(
    folder: Path, clips: list[ClipErrors], *, base: bool = False, **metrics: Any
) -> None:
    """Metrics and counts that belong together. An hour of audio in all."""
    counts, found = ("errors_base", "baseline") if base else ("errors", "evaluate")
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
    (folder / "metrics" / f"{found}.json").write_text(json.dumps(row | metrics))


def start(folder: Path) -> None:
    git(folder, "init", "-q", "-b", "main")
    (folder / "params.yaml").write_text(PARAMS)
    write_model(folder, clips_with(ERRORS))
    write_model(folder, clips_with(ERRORS), base=True)
