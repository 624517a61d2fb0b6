"""The training curve as a table for `dvc plots` and git: numbers, nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from stages.common.core.files import write_text
from stages.finetune.validation import METRICS

COLUMNS = {
    "loss": "train_loss",
    "learning_rate": "learning_rate",
    "eval_loss": "validation_loss",
    **{f"eval_{name}": f"validation_{name}" for name in METRICS},
}
"""Name in the Trainer's log -> column."""


def write_curve(path: Path, history: Iterable[Mapping[str, Any]]) -> None:
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
