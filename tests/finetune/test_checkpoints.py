"""A killed run resumes from its last checkpoint and ends with the same bytes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from stages.common.core.locks import Lock
from stages.common.core.params import load_params
from stages.finetune.checkpoints import (
    delete_all_but,
    delete_leftovers,
    fingerprint,
    keep_result,
    last_checkpoint,
    mark_complete,
)
from stages.finetune.device import Machine
from tests.support.tuning import (
    COMMAND,
    checkpoints,
    environment_of,
    forget_runs,
    make_tuning,
    outputs,
    run_finetune,
    set_augment,
    set_finetune,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_tuning(tmp_path, train=32, validation=4)


def test_a_killed_run_ends_with_the_same_bytes(folder: Path) -> None:
    set_finetune(folder, method="lora", lora_rank=4, num_train_epochs=3, dataloader_num_workers=1)
    set_augment(folder, speed=0.5, noise=0.5, reverb=0.5, gain=0.5)
    run_finetune(folder)
    undisturbed = outputs(folder)
    forget_runs(folder)
    with subprocess.Popen(
        COMMAND, cwd=folder, env=environment_of(folder), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as started:  # fmt: skip
        deadline = time.monotonic() + 300
        while not checkpoints(folder):
            assert started.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        os.killpg(started.pid, signal.SIGKILL)
    assert "resuming from checkpoint-" in run_finetune(folder).stdout
    assert outputs(folder) == undisturbed


# A checkpoint after every step by the clock; the process ends after a step's, before the older one
# is deleted.
BY_THE_CLOCK = """
import os, runpy
from stages.finetune import callbacks
callbacks.CHECKPOINT_SECONDS, callbacks._SAVING_SHARE = 0.0, float("inf")
complete = callbacks.mark_complete
def end(folder, step):
    complete(folder, step)
    if step == {step}:
        os._exit(9)
callbacks.mark_complete = end
runpy.run_module("stages.finetune", run_name="__main__", alter_sys=True)
"""


def test_checkpoints_by_the_clock_change_no_byte(folder: Path) -> None:
    """Between validations, within an epoch and between two logged losses."""
    set_finetune(folder, num_train_epochs=2, eval_steps=9, warmup_fraction=0.2)
    set_augment(folder, speed=0.5, noise=0.5)
    run_finetune(folder)
    undisturbed = outputs(folder)
    forget_runs(folder)
    # A full disk, say, has cut the copy that `evaluate` imports.
    (copy,) = folder.glob(".state/evaluate/**/wer.py")
    copy.write_bytes(b"")
    for step in (5, 11):
        code = BY_THE_CLOCK.format(step=step)
        assert run_finetune(folder, "-c", code, ok=False).returncode == 9
        steps = {path.name for path in checkpoints(folder)}
        # The best, the one before, and the last.
        assert steps == {f"checkpoint-{n}" for n in ({4, 5} if step == 5 else {9, 10, 11})}
    assert "resuming from checkpoint-11" in run_finetune(folder).stdout
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
    forget_runs(folder)
    assert run_finetune(folder, "-c", KILLED, ok=False).returncode == 9
    printed = run_finetune(folder).stdout
    assert "resuming from checkpoint-" in printed and "'loss'" not in printed
    assert outputs(folder) == undisturbed
    # DVC may be killed before it has written dvc.lock; then the stage runs again.
    shutil.rmtree(folder / "models" / "finetuned")
    printed = run_finetune(folder).stdout
    assert "trained to its end" in printed and "'loss'" not in printed
    assert outputs(folder) == undisturbed


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


def make_checkpoint(run: Path, step: int, complete: bool = True) -> None:
    (run / f"checkpoint-{step}").mkdir(parents=True)
    for name in ("model.safetensors", "optimizer.pt"):
        (run / f"checkpoint-{step}" / name).write_bytes(b"weights")
    if complete:
        mark_complete(run, step)


def files_in(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_checkpoints_are_kept_by_their_step(tmp_path: Path) -> None:
    """Whatever their times of modification say: the clock may have been set."""
    for step, seconds in ((3, 9e8), (6, 2e9), (9, 1e9)):
        make_checkpoint(tmp_path, step)
        os.utime(tmp_path / f"checkpoint-{step}", (seconds, seconds))
    delete_all_but(tmp_path, (9, 3))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-3", "checkpoint-9"]
    assert last_checkpoint(tmp_path) == tmp_path / "checkpoint-9"


def test_the_next_other_run_deletes_results_of_runs_that_have_ended(tmp_path: Path) -> None:
    ended, at_work, killed, own = (tmp_path / name for name in ("a", "b", "c", "d"))
    for run in (ended, at_work, killed, own):
        make_checkpoint(run, 3)
        make_checkpoint(run, 6)
        make_checkpoint(run, 9, complete=False)
    for run in (ended, at_work, own):
        keep_result(run, 3)
    left = {"checkpoint-3/complete", "checkpoint-3/model.safetensors", "finished"}
    assert files_in(ended) == left
    # Its outputs were lost, and it writes them again.
    lock = Lock(at_work / "run.lock")
    assert lock.take(wait=False)
    delete_leftovers(own)
    assert not ended.exists()
    assert files_in(own) == left and files_in(at_work) == left | {"run.lock"}
    assert (killed / "checkpoint-9").exists()
    delete_leftovers(killed)
    assert {path.name for path in killed.iterdir()} == {"checkpoint-3", "checkpoint-6"}
    lock.release()
