"""The batch that fits into memory, and a smaller one where memory runs out after all."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stages.common.core.params import load_params
from stages.finetune.batch_size import BatchSize, largest_batch
from stages.finetune.device import Machine
from stages.finetune.model import load_model
from tests.support.tuning import (
    curve,
    environment_of,
    make_tuning,
    run_finetune,
    set_finetune,
    train_losses,
)

CPU = Machine("cpu", "float32", 1)
# Limits memory to what the process has before training and {room} MB, which the first batch size
# exceeds.
SCARCE = """
import resource, runpy
from pathlib import Path
from typing import Any
from stages.finetune import training
whole = training.train
def scarce(*arguments):
    (line,) = [x for x in Path("/proc/self/status").read_text().splitlines() if "VmSize" in x]
    limit = int(line.split()[1]) * 1024 + {room} * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    return whole(*arguments)
training.train = scarce
runpy.run_module("stages.finetune", run_name="__main__", alter_sys=True)
"""


SIXTEEN: dict[str, Any] = {"per_device_train_batch_size": 16, "eval_steps": 1}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trained with 16 windows at once; no test changes it."""
    folder = make_tuning(tmp_path_factory.mktemp("whole") / "folder", train=32, validation=4)
    set_finetune(folder, **SIXTEEN)
    run_finetune(folder)
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy to change, without what the run wrote."""
    for name in ("data", "models/base"):
        shutil.copytree(whole / name, tmp_path / name)
    return tmp_path


def test_a_smaller_batch_keeps_the_windows_per_step() -> None:
    assert BatchSize(12, 2).at_most(5) == BatchSize(4, 6)
    assert BatchSize(8, 1).at_most(100) == BatchSize(8, 1)
    assert BatchSize(7, 1).at_most(6) == BatchSize(1, 7)


def test_fewer_windows_with_more_labels_fit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    set_finetune(folder)
    model = load_model(Path("models/base"), load_params().finetune, "en", CPU)
    few, many = (largest_batch(model, CPU, 2**16, labels) for labels in (8, 400))
    assert 1 <= many.windows < few.windows and many.per_step == few.per_step == 2**16


def test_more_windows_fit_with_gradient_checkpointing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    windows = []
    for checkpointing in (False, True):
        set_finetune(folder, gradient_checkpointing=checkpointing, spec_augment=True)
        model = load_model(Path("models/base"), load_params().finetune, "en", CPU)
        windows.append(largest_batch(model, CPU, 2**16, 400).windows)
        assert model.config.apply_spec_augment
    assert windows[1] > windows[0]


def test_auto_learns_what_one_batch_learns(folder: Path, whole: Path) -> None:
    auto: dict[str, Any] = {
        "per_device_train_batch_size": "auto",
        "gradient_accumulation_steps": 16,
    }
    set_finetune(folder, **SIXTEEN | auto)
    assert "16 of 16 window(s) at once" in run_finetune(folder).stdout
    assert train_losses(folder) == pytest.approx(train_losses(whole), rel=1e-5)


# Validation runs out of memory with more than one window.
SCARCE_VALIDATION = """
import runpy, torch
from stages.finetune.trainer import WhisperTrainer
whole = WhisperTrainer._predict
def scarce(self, model, inputs):
    if len(inputs["labels"]) > 1:
        raise torch.OutOfMemoryError("CUDA out of memory")
    return whole(self, model, inputs)
WhisperTrainer._predict = scarce
runpy.run_module("stages.finetune", run_name="__main__", alter_sys=True)
"""


def test_validation_continues_with_fewer_windows_when_memory_runs_out(
    folder: Path, whole: Path
) -> None:
    set_finetune(folder, **SIXTEEN)
    printed = run_finetune(folder, "-c", SCARCE_VALIDATION).stdout
    lines = [line for line in printed.splitlines() if "memory ran out" in line]
    assert lines == [
        f"finetune: memory ran out in validation; {windows} window(s) at once" for windows in (2, 1)
    ], "training is not affected, and later validations begin with one window"
    for row, before in zip(curve(folder), curve(whole), strict=True):
        assert row == pytest.approx(before, rel=1e-5)


def test_memory_that_runs_out_with_one_window_of_validation_ends_the_run(folder: Path) -> None:
    set_finetune(folder, per_device_train_batch_size=1)
    scarce = SCARCE_VALIDATION.replace("> 1", "> 0")
    done = run_finetune(folder, "-c", scarce, ok=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("finetune: memory ran out with one window")


def test_training_continues_with_a_smaller_batch_when_memory_runs_out(tmp_path: Path) -> None:
    folder = make_tuning(tmp_path, train=64, validation=4)
    set_finetune(folder, per_device_train_batch_size=64, num_train_epochs=4)
    run_finetune(folder)
    expected = train_losses(folder)
    shutil.rmtree(folder / ".state")  # the finished training, which a second run would take
    done = subprocess.run(
        [sys.executable, "-c", SCARCE.format(room=500)], cwd=folder, env=environment_of(folder),
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "memory ran out; 32 window(s) at once" in done.stdout
    assert train_losses(folder) == pytest.approx(expected, rel=1e-4)
