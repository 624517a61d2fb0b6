"""The outputs: the tuned model, the training curve and metrics/finetune.json."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from stages.common.core.files import new_folder, write_text
from stages.common.core.metrics import write_metrics
from stages.finetune.device import Machine
from stages.finetune.model import merge_lora
from stages.finetune.trainer import WhisperTrainer
from stages.finetune.validation import METRICS

COLUMNS = {
    "loss": "train_loss",
    "learning_rate": "learning_rate",
    "eval_loss": "validation_loss",
    **{f"eval_{name}": f"validation_{name}" for name in METRICS},
}
"""Name in the Trainer's log -> column."""


def write_outputs(trainer: WhisperTrainer, machine: Machine, base: Path) -> None:
    """Write all outputs. Matrices of LoRA are merged into the model first."""
    state, model = trainer.state, trainer.model
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    merge_lora(model)
    # The base's own tokenizer, preprocessor and generation files: transformers would write them
    # without entries that CTranslate2 reads.
    with new_folder(Path("models/finetuned")) as fresh:
        model.save_pretrained(fresh)
        for source in sorted(base.glob("*.json")):
            if source.name not in ("config.json", "model.safetensors.index.json"):
                shutil.copyfile(source, fresh / source.name)
    _write_curve(Path("metrics/finetune_curve.csv"), state.log_history)
    write_metrics(
        "finetune",
        {
            "validation_wer": state.best_metric,
            "best_step": state.best_global_step,
            "steps": state.global_step,
            "epochs": float(state.epoch or 0),
            "parameters": sum(p.numel() for p in model.parameters()),
            "trained_parameters": trained,
            "device": machine.device,
            "devices": machine.devices,
            "precision": machine.precision,
        },
    )


def _write_curve(path: Path, history: Iterable[Mapping[str, Any]]) -> None:
    """One row for each step at which the Trainer logged; cells without a measurement are empty."""
    steps: dict[int, dict[str, float]] = {}
    for entry in history:
        row = steps.setdefault(int(entry["step"]), {})
        row.update({to: entry[name] for name, to in COLUMNS.items() if name in entry})
    table = io.StringIO()
    writer = csv.DictWriter(table, ["step", *COLUMNS.values()], lineterminator="\n")
    writer.writeheader()
    for step, row in sorted(steps.items()):
        if row:
            writer.writerow({"step": step, **{k: f"{v:.6g}" for k, v in row.items()}})
    write_text(path, table.getvalue())
