"""Training curves as a table that `dvc plots` draws and git can hold: numbers, nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from stages.common.core.files import write_text

COLUMNS = {
    "loss": "train_loss",
    "learning_rate": "learning_rate",
    "eval_loss": "validation_loss",
    "eval_wer": "validation_wer",
}


def write_curve(path: Path, history: Iterable[Mapping[str, Any]]) -> None:
    """One row a step at which the Trainer logged; a cell is empty where nothing was measured."""
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
