"""Ten points of `make chaos`: the next run ends with the bytes of an undisturbed one, and no output
has its name half-written."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.chaos import run_point, steps_again
from bench.chaos_faults import MOUNTED, may_mount

pytestmark = pytest.mark.pipeline
# Short stages, since each runs twice.
POINTS = [
    ("segment", "SIGTERM to dvc"),
    ("segment", "Ctrl-C"),
    ("normalize", "SIGKILL to all processes"),
    ("normalize", "two `dvc repro`"),
    ("build_dataset", "SIGTERM to the stage"),
    ("build_dataset", "full disk"),
    ("finetune", "SIGKILL to dvc"),
    ("ct2_convert", "clock set, SIGKILL"),
    ("report", "two runs of a stage"),
    ("fetch_base", "read-only folder"),
]


@pytest.mark.parametrize(("stage", "fault"), POINTS)
def test_the_next_run_ends_with_the_same_bytes(finished: Path, stage: str, fault: str) -> None:
    if fault in MOUNTED and not may_mount():
        pytest.skip("this machine lets nobody mount in a namespace")
    result = run_point(finished, (stage, fault), "test")
    assert result.same and not result.problems, result


@pytest.mark.parametrize(
    ("resumed", "steps"),
    [("", 3), ("resuming from checkpoint-2\n", 1), ("resuming from checkpoint-4\n", 0),
     ("resuming from checkpoint-2, trained to its end\n", 0)],
)  # fmt: skip
def test_steps_that_are_taken_again(resumed: str, steps: int) -> None:
    losses = "{'loss': '7.0'}\n" * 3
    assert steps_again(losses, f"finetune: {resumed}{losses}") == steps
