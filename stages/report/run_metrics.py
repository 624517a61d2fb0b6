"""Reads the metrics and parameters of one run: counts and rates, never a session's text."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

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
"""The other files came with later versions; where one is missing, the report says so."""
_Cells = dict[str, str]
_Line = TypeVar("_Line")


@dataclass(frozen=True)
class Rate:
    """A rate between 0 and 1 (a WER may exceed 1) and its 95% interval; None without one."""

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
class Slice:
    kind: str
    name: str
    clips: int
    words: int
    """Of the references."""
    wer: Rate


@dataclass(frozen=True)
class EntityMetric:
    name: str
    count: int
    of: int
    rate: Rate | None
    """count / of; None where `of` is 0."""


@dataclass(frozen=True)
class ConfidenceBin:
    """The words whose confidence lies in one tenth of the range."""

    confidence: float
    """Their mean."""
    words: int
    correct: float
    """The share of them that is correct."""


@dataclass(frozen=True)
class TrainingStep:
    """None where a value was not measured at this step."""

    step: int
    train_loss: float | None
    validation_loss: float | None
    validation_wer: float | None


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
    slices_base: list[Slice] | None
    slices: list[Slice] | None
    entities_base: list[EntityMetric] | None
    entities: list[EntityMetric] | None
    calibration: list[ConfidenceBin] | None
    curve: list[TrainingStep] | None


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
        slices_base=_table(source, "slices_base", _slice),
        slices=_table(source, "slices", _slice),
        entities_base=_table(source, "matters_base", _entity_metric),
        entities=_table(source, "matters", _entity_metric),
        calibration=_table(source, "calibration", _confidence_bin),
        curve=_table(source, "finetune_curve", _training_step),
    )


def _table(source: Source, name: str, parse: Callable[[_Cells], _Line]) -> list[_Line] | None:
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
            lines.append(parse(cells))
        except (KeyError, TypeError, ValueError):
            raise UserError(
                f"{path}: line {number} does not have this version's form: run `dvc repro`"
            ) from None
    return lines


def _slice(cells: _Cells) -> Slice:
    wer = Rate(float(cells["wer"]), _optional(cells["wer_low"]), _optional(cells["wer_high"]))
    return Slice(cells["kind"], cells["slice"], int(cells["clips"]), int(cells["words"]), wer)


def _entity_metric(cells: _Cells) -> EntityMetric:
    value = _optional(cells["value"])
    rate = None if value is None else Rate(value, _optional(cells["low"]), _optional(cells["high"]))
    return EntityMetric(cells["measure"], int(cells["found"]), int(cells["of"]), rate)


def _confidence_bin(cells: _Cells) -> ConfidenceBin:
    return ConfidenceBin(float(cells["confidence"]), int(cells["words"]), float(cells["correct"]))


def _training_step(cells: _Cells) -> TrainingStep:
    return TrainingStep(
        int(cells["step"]),
        _optional(cells["train_loss"]),
        _optional(cells["validation_loss"]),
        _optional(cells["validation_wer"]),
    )


def _optional(cell: str) -> float | None:
    """None for an empty cell, and for NaN or infinity: the loss of a run that diverged has no place
    on an axis."""
    return value if cell and math.isfinite(value := float(cell)) else None
