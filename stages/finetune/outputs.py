"""The tuned model, and finetune.json, finetune_curve.csv and average_curve.csv in `metrics`."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from stages.common.core.files import new_folder, write_text
from stages.common.core.metrics import write_metrics, write_table
from stages.common.dataset.model_card import CARD
from stages.common.dataset.trained_on import write_trained_on
from stages.finetune.averaging import Point
from stages.finetune.device import Machine
from stages.finetune.trainer import WhisperTrainer
from stages.finetune.validation import CUT, METRICS

COLUMNS = {
    "loss": "train_loss",
    "learning_rate": "learning_rate",
    "eval_loss": "validation_loss",
    **{f"eval_{name}": f"validation_{name}" for name in (*METRICS, CUT)},
}
"""Name in the Trainer's log -> column."""


AVERAGE_COLUMNS = ("share", "validation_wer", "out_of_domain_wer")


def write_outputs(
    trainer: WhisperTrainer,
    machine: Machine,
    base: Path,
    trained: int,
    points: Sequence[Point],
    chosen: Point,
    card: str,
    recordings: Sequence[str],
) -> None:
    """Write all outputs; the model is the Trainer's, a plain Whisper.

    trained: number of parameters that were trained; points: the averages that were measured, of
    which the model is `chosen`; card: see model_card.py; recordings: see trained_on.py.
    """
    state, model = trainer.state, trainer.model
    # The base's own tokenizer, preprocessor and generation files: transformers would write them
    # without entries that CTranslate2 reads.
    with new_folder(Path("models/finetuned")) as fresh:
        model.save_pretrained(fresh)
        for source in sorted(base.glob("*.json")):
            if source.name not in ("config.json", "model.safetensors.index.json"):
                shutil.copyfile(source, fresh / source.name)
        write_text(fresh / CARD, card)
        write_trained_on(fresh, recordings)
    _write_curve(Path("metrics/finetune_curve.csv"), state.log_history)
    rows = [(p.share, p.validation_wer, p.out_of_domain_wer) for p in points]
    write_table("average_curve", AVERAGE_COLUMNS, rows)
    write_metrics(
        "finetune",
        {
            "validation_wer": chosen.validation_wer,
            "validation_cut_hypotheses": cut_hypotheses(trainer),
            "average_with_base": chosen.share,
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


def cut_hypotheses(trainer: WhisperTrainer) -> int:
    """The number of cut hypotheses in the best checkpoint's validation."""
    step = trainer.state.best_global_step
    (cut,) = {
        entry[f"eval_{CUT}"]
        for entry in trainer.state.log_history
        if entry["step"] == step and f"eval_{CUT}" in entry
    }
    return int(cut)


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
