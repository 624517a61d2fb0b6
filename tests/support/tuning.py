"""A folder in which `finetune` runs by itself: a tiny base, short clips of noise, and no DVC."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
import yaml
from safetensors.torch import load_file

from stages.common.dataset.labels import load_labeller
from stages.common.dataset.model_card import TrainingData, write_training_data
from stages.common.dataset.split_storage import Clip, save_split
from tests.support.processes import ROOT, environment
from tests.support.warm_python import warm_python
from tests.support.whisper_models import SENTENCES, tiny_english

SETTINGS: dict[str, Any] = {
    "learning_rate": 1e-3,
    "num_train_epochs": 2,
    "per_device_train_batch_size": 4,
    "per_device_eval_batch_size": 4,
    "eval_steps": 3,
    "early_stopping_patience": 0,
    "generation_max_length": 8,
    "average_with_base": 1.0,
    "precision": "float32",
    "device": "cpu",
    "seed": 3,
}
COMMAND = [sys.executable, "-m", "stages.finetune"]


def checkpoints(folder: Path) -> list[Path]:
    """The complete checkpoints of runs that have not ended."""
    complete = (path.parent for path in folder.glob(".state/finetune/*/checkpoint-*/complete"))
    return [path for path in complete if not (path.parent / "finished").exists()]


def forget_runs(folder: Path) -> None:
    """Delete what `finetune` keeps of runs: the same run takes its steps again."""
    shutil.rmtree(folder / ".state" / "finetune")


def make_tuning(folder: Path, train: int, validation: int) -> Path:
    """Base and dataset with as many clips in each split; `set_finetune` writes the parameters."""
    base = tiny_english(folder / "models" / "base")
    labeller = load_labeller(base, "en")
    generator = np.random.default_rng(0)

    def clip(number: int) -> Clip:
        text = SENTENCES[number % len(SENTENCES)]
        # Of different lengths, so that processes count different numbers of tokens.
        text = " ".join(text.split()[: 2 + number % 5])
        audio, noise = io.BytesIO(), generator.normal(0, 0.1, 8000)
        soundfile.write(audio, noise, 16_000, format="FLAC", subtype="PCM_16")
        labels = labeller([(0.0, 0.5, text)], timed=False)
        return Clip(f"{number:04}", "a", 0.0, 0.5, text, labels, 0, audio.getvalue())

    save_split(folder / "data" / "dataset" / "train", [clip(n) for n in range(train)])
    write_training_data(folder / "data" / "dataset" / "train", TrainingData(1, 0, 0.0))
    save_split(folder / "data" / "dataset" / "validation", [clip(n) for n in range(validation)])
    return folder


def set_finetune(
    folder: Path, others: dict[str, dict[str, Any]] | None = None, **changes: Any
) -> None:
    """Write params.yaml: the repository's, with `SETTINGS` and `changes` under finetune.

    others: values of other sections.
    """
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params["finetune"] |= SETTINGS | changes
    for section, values in (others or {}).items():
        params[section] |= values
    (folder / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")


def set_augment(folder: Path, **changes: Any) -> None:
    path = folder / "params.yaml"
    params = yaml.safe_load(path.read_text(encoding="utf-8"))
    params["augment"] |= changes
    path.write_text(yaml.safe_dump(params), encoding="utf-8")


def launch_file(folder: Path, **changes: Any) -> str:
    """The repository's example for CPUs, changed."""
    example = ROOT / "stages" / "accelerate" / "two_cpus.yaml"
    config = yaml.safe_load(example.read_text(encoding="utf-8")) | changes
    (folder / "launch.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return "launch.yaml"


def environment_of(folder: Path) -> dict[str, str]:
    """One thread, and no variables of a launcher that runs these tests."""
    kept = environment(folder / "home")
    launcher = ("ACCELERATE_", "RANK", "WORLD_SIZE", "LOCAL_", "MASTER_")
    return {name: value for name, value in kept.items() if not name.startswith(launcher)}


def run_finetune(
    folder: Path, *arguments: str, ok: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run `finetune`, or Python with other arguments, in `folder`. ok: it must end with exit
    status 0."""
    done = subprocess.run(
        [warm_python(), *(arguments or COMMAND[1:])],
        cwd=folder,
        env=environment_of(folder),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert not ok or done.returncode == 0, done.stderr[-3000:]
    return done


def curve(folder: Path) -> list[dict[str, float]]:
    """Rows of the training curve without their empty cells."""
    text = (folder / "metrics" / "finetune_curve.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return [{name: float(value) for name, value in row.items() if value} for row in rows]


def train_losses(folder: Path) -> list[float]:
    return [row["train_loss"] for row in curve(folder) if "train_loss" in row]


def weights(model: Path) -> dict[str, torch.Tensor]:
    loaded: dict[str, torch.Tensor] = load_file(model / "model.safetensors")
    return loaded


def outputs(folder: Path) -> dict[str, bytes]:
    """Name -> content of every file that the stage writes for others."""
    files = [*(folder / "models" / "finetuned").iterdir(), *(folder / "metrics").iterdir()]
    return {path.name: path.read_bytes() for path in sorted(files)}
