"""Reads the metrics and parameters of one run: counts and rates, never a session's text."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stages.common.core.errors import UserError
from stages.common.core.files import Row
from stages.common.evaluation.comparison.evaluated import Evaluated, read_evaluated, read_object
from stages.common.evaluation.comparison.gates import Gate, gates_at
from stages.common.evaluation.comparison.revisions import Source

REQUIRED = (
    "params.yaml",
    *(
        f"metrics/{name}.json"
        for name in ("segment", "normalize", "dataset", "finetune", "convert", "baseline",
                     "evaluate")
    ),
    "metrics/errors_base.csv",
    "metrics/errors.csv",
)  # fmt: skip
"""Optional files, added in later versions; the report names missing ones."""
_Columns = dict[str, Callable[[str], Any]]
"""Name in a CSV file -> how its cells are read."""


def _optional(cell: str) -> float | None:
    """None for an empty cell, and for NaN or infinity: the loss of a run that diverged has no place
    on an axis."""
    return value if cell and math.isfinite(value := float(cell)) else None


_SLICES: _Columns = {"kind": str, "slice": str, "clips": int, "words": int, "wer": float}
_SLICES |= dict.fromkeys(("wer_low", "wer_high"), _optional)
_ENTITIES: _Columns = {"measure": str, "found": int, "of": int}
_ENTITIES |= dict.fromkeys(("value", "low", "high"), _optional)
_CALIBRATION: _Columns = {"confidence": float, "words": int, "correct": float}
"""The words with confidences in one tenth of the range: their mean, number and share of correct."""
_CURVE: _Columns = {"step": int}
_CURVE |= dict.fromkeys(("train_loss", "validation_loss", "validation_wer"), _optional)
_AVERAGES: _Columns = {"share": float, "validation_wer": float, "out_of_domain_wer": _optional}


@dataclass(frozen=True)
class Rate:
    """A share (a WER may exceed 1) and its 95% interval; None with too few recordings for one."""

    value: float
    low: float | None = None
    high: float | None = None

    @property
    def limits(self) -> str:
        """Of the interval, as text; empty without one."""
        if self.low is None or self.high is None:
            return ""
        return f"{self.low:.1%} to {self.high:.1%}"


@dataclass(frozen=True)
class RunMetrics:
    """Metrics of one run. Tables are None and speeds empty where the run has no such file."""

    base: Evaluated
    tuned: Evaluated
    gates: list[Gate]
    segment: Row
    normalize: Row
    dataset: Row
    finetune: Row
    convert: Row
    speed_base: Row
    speed: Row
    slices_base: list[Row] | None
    slices: list[Row] | None
    entities_base: list[Row] | None
    entities: list[Row] | None
    calibration: list[Row] | None
    curve: list[Row] | None
    averages: list[Row] | None


def missing_files(source: Source) -> list[str]:
    """Those of `REQUIRED` that the run does not have."""
    return [path for path in REQUIRED if source.read(path) is None]


def read_run(source: Source) -> RunMetrics:
    """Raises: UserError where a required file is missing, or files are damaged or of two runs."""

    def metrics(name: str) -> Row:
        return read_object(source, f"metrics/{name}.json")

    def speed(name: str) -> Row:
        return metrics(name) if source.read(f"metrics/{name}.json") is not None else {}

    return RunMetrics(
        base=read_evaluated(source, "base"),
        tuned=read_evaluated(source, "tuned"),
        gates=gates_at(source),
        segment=metrics("segment"),
        normalize=metrics("normalize"),
        dataset=metrics("dataset"),
        finetune=metrics("finetune"),
        convert=metrics("convert"),
        speed_base=speed("speed_base"),
        speed=speed("speed"),
        slices_base=_table(source, "slices_base", _SLICES),
        slices=_table(source, "slices", _SLICES),
        entities_base=_table(source, "matters_base", _ENTITIES),
        entities=_table(source, "matters", _ENTITIES),
        calibration=_table(source, "calibration", _CALIBRATION),
        curve=_table(source, "finetune_curve", _CURVE),
        averages=_table(source, "average_curve", _AVERAGES),
    )


def _table(source: Source, name: str, columns: _Columns) -> list[Row] | None:
    """The lines of metrics/<name>.csv; None without the file.

    Raises: UserError naming the line, without its content.
    """
    path = f"metrics/{name}.csv"
    content = source.read(path)
    if content is None:
        return None
    lines = []
    for number, cells in enumerate(csv.DictReader(io.StringIO(content)), 2):
        try:
            lines.append({column: convert(cells[column]) for column, convert in columns.items()})
        except (KeyError, TypeError, ValueError):
            raise UserError(
                f"{path}: line {number} does not have this version's form: run `dvc repro`"
            ) from None
    return lines
