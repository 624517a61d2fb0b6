"""A killed run resumes from its last checkpoint and ends with the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from stages.finetune.checkpoints import last_checkpoint, mark_complete
from tests.support.tuning import (
    CHECKPOINTS,
    COMMAND,
    environment_of,
    make_tuning,
    outputs,
    run_finetune,
    set_augment,
    set_finetune,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_tuning(tmp_path, train=64, validation=4)


@pytest.mark.parametrize("method", ["full", "lora"])
def test_a_killed_run_ends_with_the_same_bytes(folder: Path, method: str) -> None:
    set_finetune(folder, method=method, lora_rank=4, num_train_epochs=3, dataloader_num_workers=1)
    set_augment(folder, speed=0.5, noise=0.5, reverb=0.5, gain=0.5)
    run_finetune(folder)
    undisturbed = outputs(folder)
    with subprocess.Popen(
        COMMAND, cwd=folder, env=environment_of(folder), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as started:  # fmt: skip
        deadline = time.monotonic() + 300
        while not list(folder.glob(CHECKPOINTS)):
            assert started.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        os.killpg(started.pid, signal.SIGKILL)
    assert "resuming from checkpoint-" in run_finetune(folder).stdout
    assert outputs(folder) == undisturbed


def test_the_last_checkpoint_is_the_newest_complete_one(tmp_path: Path) -> None:
    assert last_checkpoint(tmp_path) is None
    for step in (6, 12, 9, 100):
        (tmp_path / f"checkpoint-{step}").mkdir()
        if step != 100:
            mark_complete(tmp_path, step)
    assert last_checkpoint(tmp_path) == tmp_path / "checkpoint-12"
