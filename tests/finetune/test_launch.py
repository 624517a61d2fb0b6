"""`finetune` in several processes: the same as one process with their batch, and safe to kill."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
from accelerate.commands.config.config_args import load_config_from_file

from stages.common.core.errors import UserError
from stages.common.dataset.model_card import TrainingData, write_training_data
from stages.common.dataset.split_storage import Clip, clips_of, save_split
from stages.finetune.launch import read_config
from tests.support.processes import ROOT, processes_in, wait_until
from tests.support.tuning import (
    COMMAND,
    checkpoints,
    curve,
    environment_of,
    launch_file,
    make_tuning,
    outputs,
    run_finetune,
    set_finetune,
    weights,
)

# For two processes these are 5 batches of 2 and 2, and one of 1 and 0.
TRAIN, VALIDATION = 21, 5
# 6 steps per epoch; the first checkpoint is inside the second epoch.
WHOLE: dict[str, Any] = {"num_train_epochs": 3, "eval_steps": 8}
HALVES = WHOLE | {"per_device_train_batch_size": 2, "per_device_eval_batch_size": 2}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tuning(tmp_path_factory.mktemp("tuning") / "prepared", TRAIN, VALIDATION)


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "folder"))


@pytest.fixture(scope="module")
def one(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trained by one process."""
    folder = tmp_path_factory.mktemp("one") / "folder"
    shutil.copytree(prepared, folder)
    set_finetune(folder, **WHOLE)
    run_finetune(folder)
    return folder


@pytest.fixture(scope="module")
def two(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trained by two processes with half the batch each."""
    folder = tmp_path_factory.mktemp("two") / "folder"
    shutil.copytree(prepared, folder)
    set_finetune(folder, launch=launch_file(folder), **HALVES)
    lines = run_finetune(folder).stdout.splitlines()
    assert sum("validation WER" in line for line in lines) == 1, "only the main process prints"
    return folder


def test_two_processes_learn_what_one_does(one: Path, two: Path) -> None:
    for expected, row in zip(curve(one), curve(two), strict=True):
        assert row == pytest.approx(expected, rel=1e-4)
    start, left = weights(one / "models" / "base"), weights(one / "models" / "finetuned")
    right = weights(two / "models" / "finetuned")
    moved = sum(float((left[name] - start[name]).square().sum()) for name in left) ** 0.5
    apart = sum(float((left[name] - right[name]).square().sum()) for name in left) ** 0.5
    assert moved > 1
    assert apart < 0.01 * moved, f"{apart} of {moved}"


def test_a_killed_run_goes_on_to_the_same_bytes(folder: Path, two: Path) -> None:
    set_finetune(folder, launch=launch_file(folder), **HALVES)
    with subprocess.Popen(
        COMMAND,
        cwd=folder,
        env=environment_of(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as started:
        wait_until(lambda: bool(checkpoints(folder)))
        assert started.poll() is None, "it ended before it could be killed"
        assert len(processes_in(folder)) == 3
        os.killpg(started.pid, signal.SIGKILL)
    wait_until(lambda: not processes_in(folder))
    assert "resuming from checkpoint-" in run_finetune(folder).stdout
    assert outputs(folder) == outputs(two)
    assert not checkpoints(folder), "the checkpoints are left behind"


def test_two_machines_that_share_nothing(folder: Path, tmp_path: Path, two: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    address = {"num_machines": 2, "main_process_ip": "127.0.0.1", "main_process_port": port}
    address |= {"same_network": True, "rdzv_backend": "static"}
    for machine, place in enumerate((folder, other)):
        launch = launch_file(place, machine_rank=machine, **address)
        set_finetune(place, launch=launch, **HALVES)
    with subprocess.Popen(
        COMMAND, cwd=other, env=environment_of(other), stdout=subprocess.PIPE, text=True
    ) as second:
        run_finetune(folder)
        printed, _ = second.communicate(timeout=300)
    assert second.returncode == 0 and printed == ""
    assert outputs(folder) == outputs(two)
    assert not (other / "models" / "finetuned").exists() and not (other / "metrics").exists()


def test_a_process_that_fails_ends_all(folder: Path) -> None:
    clips = list(clips_of(folder / "data" / "dataset" / "train"))
    broken = Clip(**{**vars(clips[0]), "audio": b"not FLAC"})
    shutil.rmtree(folder / "data" / "dataset" / "train")
    save_split(folder / "data" / "dataset" / "train", [broken, *clips[1:]])
    write_training_data(folder / "data" / "dataset" / "train", TrainingData(1, 0, 0.0))
    set_finetune(folder, launch=launch_file(folder), **HALVES)
    done = run_finetune(folder, ok=False)
    assert done.returncode != 0
    assert not (folder / "models" / "finetuned").exists() and not (folder / "metrics").exists()
    assert not processes_in(folder)


def test_a_missing_file_is_one_line(folder: Path) -> None:
    set_finetune(folder, launch="nowhere.yaml", **HALVES)
    done = run_finetune(folder, ok=False)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("finetune: finetune.launch = 'nowhere.yaml': no such file")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"distributed_type": "FSDP"}, "each process holds the whole model"),
        ({"distributed_type": "NO"}, "2 processes need distributed_type"),
        ({"num_processes": None}, "num_processes is missing"),
    ],
)
def test_files_that_cannot_be_used(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    path = tmp_path / launch_file(tmp_path, **changes)
    with pytest.raises(UserError, match=message):
        read_config(path)


@pytest.mark.parametrize("path", sorted((ROOT / "stages" / "accelerate").iterdir()), ids=str)
def test_the_examples_can_be_used(path: Path) -> None:
    assert read_config(path)
    # The launcher knows every key.
    load_config_from_file(str(path))
