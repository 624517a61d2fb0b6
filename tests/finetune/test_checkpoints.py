"""A killed run resumes from its last checkpoint and ends with the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from stages.common.core.params import load_params
from stages.finetune.checkpoints import fingerprint, last_checkpoint, mark_complete
from stages.finetune.device import Machine
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
    return make_tuning(tmp_path, train=32, validation=4)


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


# Ends the process after the last step, before anything is written.
KILLED = """
import os, runpy
from stages.finetune import averaging
def end(*arguments):
    os._exit(9)
averaging.average_with_base = end
runpy.run_module("stages.finetune", run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize(
    "changes",
    [
        {"num_train_epochs": 1.3, "method": "lora", "lora_rank": 4},
        # No WER is lower than the first: the run ends early.
        {"early_stopping_patience": 1, "learning_rate": 1e-9, "num_train_epochs": 9},
    ],
)
def test_a_run_killed_after_training_takes_no_step_again(
    folder: Path, changes: dict[str, Any]
) -> None:
    set_finetune(folder, **changes)
    run_finetune(folder)
    undisturbed = outputs(folder)
    assert run_finetune(folder, "-c", KILLED, ok=False).returncode == 9
    printed = run_finetune(folder).stdout
    assert "resuming from checkpoint-" in printed and "'loss'" not in printed
    assert outputs(folder) == undisturbed
    assert not list(folder.glob(".state/finetune/*"))


def test_another_share_of_the_tuned_weights_keeps_the_checkpoints(tmp_path: Path) -> None:
    machine, runs = Machine("cpu", "float32", 1), []
    for changes in ({}, {"average_with_base": 0.5}, {"seed": 4}):
        set_finetune(tmp_path, **changes)
        runs.append(fingerprint(load_params(tmp_path / "params.yaml"), machine, []))
    assert runs[0] == runs[1] != runs[2]


def test_the_last_checkpoint_is_the_newest_complete_one(tmp_path: Path) -> None:
    assert last_checkpoint(tmp_path) is None
    for step in (6, 12, 9, 100):
        (tmp_path / f"checkpoint-{step}").mkdir()
        if step != 100:
            mark_complete(tmp_path, step)
    assert last_checkpoint(tmp_path) == tmp_path / "checkpoint-12"
