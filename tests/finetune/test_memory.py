"""The batch that fits, an end of memory that is no end of the run, augmentation, and resuming."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from stages.common.core.params import load_params
from stages.finetune.batch import Batch, fitting
from stages.finetune.device import Machine
from stages.finetune.tuning import load_model
from tests.support.tuning import COMMAND, alone, curve, make_tuning, outputs, set_finetune, tuned

# Memory that only the first size of batch needs: what the process has by then, and little more.
SCARCE = """
import resource, torch
from pathlib import Path
from stages import finetune
from stages.common.training import tuning
whole = tuning.train
def scarce(*arguments):
    (line,) = [x for x in Path("/proc/self/status").read_text().splitlines() if "VmSize" in x]
    limit = int(line.split()[1]) * 1024 + {room} * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    return whole(*arguments)
tuning.train = scarce
finetune.run_stage("finetune", finetune.main)
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return make_tuning(tmp_path, train=64, validation=4)


def set_augment(place: Path, **changes: Any) -> None:
    path = place / "params.yaml"
    params = yaml.safe_load(path.read_text(encoding="utf-8"))
    params["augment"] |= changes
    path.write_text(yaml.safe_dump(params), encoding="utf-8")


def losses(place: Path) -> list[float]:
    return [row["train_loss"] for row in curve(place) if "train_loss" in row]


def test_a_batch_within_a_limit_keeps_the_step() -> None:
    assert Batch(12, 2).within(5) == Batch(4, 6)
    assert Batch(8, 1).within(100) == Batch(8, 1)
    assert Batch(7, 1).within(6) == Batch(1, 7)


def test_more_labels_and_bigger_models_fit_less_often(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    set_finetune(place)
    model = load_model(load_params().finetune, "en")
    few, many = (fitting(model, Machine("cpu", "float32", 1), 2**16, n) for n in (8, 400))
    assert 1 <= many.windows < few.windows and many.a_step == few.a_step == 2**16


def test_checkpointing_lets_more_windows_fit(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    found = []
    for checkpointing in (False, True):
        set_finetune(place, gradient_checkpointing=checkpointing, spec_augment=True)
        model = load_model(load_params().finetune, "en")
        found.append(fitting(model, Machine("cpu", "float32", 1), 2**16, 400).windows)
        assert model.config.apply_spec_augment
    assert found[1] > found[0]


def test_auto_learns_what_one_batch_learns(place: Path) -> None:
    set_finetune(place, per_device_train_batch_size=16)
    tuned(place)
    right = losses(place)
    set_finetune(place, per_device_train_batch_size="auto", gradient_accumulation_steps=16)
    assert "16 of 16 window(s) at once" in tuned(place).stdout
    assert losses(place) == pytest.approx(right, rel=1e-5)


def test_an_end_of_memory_ends_in_a_smaller_batch(place: Path) -> None:
    set_finetune(place, per_device_train_batch_size=64, num_train_epochs=4)
    tuned(place)
    right = losses(place)
    done = subprocess.run(
        [sys.executable, "-c", SCARCE.format(room=500)], cwd=place, env=alone(place),
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "memory ran out; 32 window(s) at once" in done.stdout
    assert losses(place) == pytest.approx(right, rel=1e-4)


@pytest.mark.parametrize("method", ["full", "lora"])
def test_killed_it_ends_as_if_nothing_had_happened(place: Path, method: str) -> None:
    set_finetune(place, method=method, lora_rank=4, num_train_epochs=3, dataloader_num_workers=1)
    set_augment(place, speed=0.5, noise=0.5, reverb=0.5, gain=0.5)
    tuned(place)
    undisturbed = outputs(place)
    with subprocess.Popen(
        COMMAND, cwd=place, env=alone(place), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as started:  # fmt: skip
        ends = time.monotonic() + 120
        while not list(place.glob(".state/finetune/*/checkpoint-*/trainer_state.json")):
            assert started.poll() is None and time.monotonic() < ends
            time.sleep(0.02)
        os.killpg(started.pid, signal.SIGKILL)
    assert "going on from checkpoint-" in tuned(place).stdout
    assert outputs(place) == undisturbed


def test_workers_hear_the_same_augmentation(place: Path) -> None:
    found = []
    for workers in (0, 2):
        set_finetune(place, dataloader_num_workers=workers)
        set_augment(place, speed=0.5, noise=0.5)
        tuned(place)
        found.append(outputs(place)["model.safetensors"])
    assert found[0] == found[1]
