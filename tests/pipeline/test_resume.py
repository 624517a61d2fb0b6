"""A run that was killed resumes from its last checkpoint and ends with the same outputs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.dvc_project import environment, git, hashes, repro, run, set_params
from tests.support.tuning import checkpoints

pytestmark = pytest.mark.pipeline
# Enough steps for several checkpoints, and other parameters than the finished run's.
LONGER = {"finetune": {"num_train_epochs": 3, "learning_rate": 0.002}}


@pytest.fixture(scope="module")
def undisturbed(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Hashes of the outputs of a run that was not killed; only `finetune` and later stages ran."""
    folder = tmp_path_factory.mktemp("undisturbed") / "project"
    shutil.copytree(finished, folder, symlinks=True)
    set_params(folder, LONGER)
    assert repro(folder) == ["finetune", "ct2_convert", "evaluate", "report"]
    return hashes(folder)


def kill_after_a_checkpoint(folder: Path, *command: str) -> None:
    """Start `command`, wait for the first complete checkpoint, and kill all its processes."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as started:
        deadline = time.monotonic() + 900
        while not checkpoints(folder):
            assert started.poll() is None, "it ended before it could be killed"
            assert time.monotonic() < deadline, "no checkpoint in 300 s"
            time.sleep(0.02)
        os.killpg(started.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def killed(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project after `dvc repro` was killed; no test changes it."""
    folder = tmp_path_factory.mktemp("killed") / "project"
    shutil.copytree(finished, folder, symlinks=True)
    set_params(folder, LONGER)
    kill_after_a_checkpoint(folder, "dvc", "repro")
    return folder


@pytest.fixture
def interrupted(killed: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the killed project to change."""
    folder = tmp_path / "project"
    shutil.copytree(killed, folder, symlinks=True)
    assert checkpoints(folder)
    yield folder
    shutil.rmtree(folder)


def test_repro_resumes(interrupted: Path, undisturbed: dict[str, str]) -> None:
    project = interrupted
    out = run(project, "dvc", "repro").stdout
    assert "resuming from checkpoint-" in out
    assert hashes(project) == undisturbed
    assert not checkpoints(project), "the checkpoints are left behind"
    # As if DVC had been killed before it wrote dvc.lock.
    git(project, "checkout", "-q", "dvc.lock")
    shutil.rmtree(project / "models/finetuned")
    shutil.rmtree(project / ".dvc/cache/runs")
    assert "trained to its end" in run(project, "dvc", "repro", "finetune").stdout
    assert hashes(project)["models/finetuned"] == undisturbed["models/finetuned"]


def test_an_experiment_resumes(project: Path, undisturbed: dict[str, str]) -> None:
    sets = [part for name, value in LONGER["finetune"].items()
            for part in ("-S", f"finetune.{name}={value}")]  # fmt: skip
    kill_after_a_checkpoint(project, "dvc", "exp", "run", *sets)
    out = run(project, "dvc", "exp", "run", *sets).stdout
    assert "resuming from checkpoint-" in out
    assert hashes(project) == undisturbed


def test_other_parameters_start_anew(interrupted: Path) -> None:
    set_params(interrupted, {"finetune": {"seed": 8}})
    assert "resuming" not in run(interrupted, "dvc", "repro", "finetune").stdout


def edit(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("# edited\n")


def test_edited_code_of_another_stage_keeps_the_checkpoints(
    interrupted: Path, undisturbed: dict[str, str]
) -> None:
    project = interrupted
    edit(project / "stages" / "report" / "__main__.py")
    edit(project / "stages" / "common" / "evaluation" / "slices.py")
    assert "resuming from checkpoint-" in run(project, "dvc", "repro", "finetune").stdout
    assert hashes(project)["models/finetuned"] == undisturbed["models/finetuned"]


@pytest.mark.parametrize("file", ["finetune/augment.py", "common/text/wer.py"])
def test_edited_code_of_finetune_starts_anew(interrupted: Path, file: str) -> None:
    edit(interrupted / "stages" / file)
    assert "resuming" not in run(interrupted, "dvc", "repro", "-s", "finetune").stdout


def test_a_half_written_checkpoint_is_ignored(
    interrupted: Path, undisturbed: dict[str, str]
) -> None:
    project = interrupted
    (state,) = project.glob(".state/finetune/*")
    half = state / "checkpoint-999"
    half.mkdir()
    (half / "model.safetensors").write_bytes(b"half")
    assert repro(project, "finetune") == ["finetune"]
    assert hashes(project)["models/finetuned"] == undisturbed["models/finetuned"]
