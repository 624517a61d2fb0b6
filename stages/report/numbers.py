"""What the reviewer's page is made from: metrics and parameters, no text of a session."""

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
from stages.common.evaluation.comparison.revisions import Source

NEEDED = (
    "params.yaml",
    *(
        f"metrics/{name}.json"
        for name in ("segment", "normalize", "dataset", "finetune", "convert", "baseline",
                     "evaluate")
    ),
    "metrics/errors_base.csv",
    "metrics/errors.csv",
)  # fmt: skip
"""Other files are of newer versions of Attune; without one the page says so."""
_Cells = dict[str, str]
_Line = TypeVar("_Line")


@dataclass(frozen=True)
class Share:
    """A share and the limits that it lies between; None where there is no interval."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Slice:
    kind: str
    name: str
    clips: int
    words: int
    wer: Share


@dataclass(frozen=True)
class Measure:
    """Of what matters: how much of it was found."""

    name: str
    found: int
    of: int
    share: Share | None
    """None where there was nothing to find."""


@dataclass(frozen=True)
class Tenth:
    """The words that the model was about equally sure of."""

    confidence: float
    words: int
    correct: float


@dataclass(frozen=True)
class Step:
    """What was measured at one step of training; None where nothing was."""

    step: int
    train_loss: float | None
    validation_loss: float | None
    validation_wer: float | None


@dataclass(frozen=True)
class Numbers:
    base: Evaluated
    tuned: Evaluated
    segment: Row
    normalize: Row
    dataset: Row
    finetune: Row
    convert: Row
    speed_base: Row
    """Empty where it was not measured; so is `speed`."""
    speed: Row
    slices_base: list[Slice] | None
    slices: list[Slice] | None
    matters_base: list[Measure] | None
    matters: list[Measure] | None
    calibration: list[Tenth] | None
    curve: list[Step] | None


def lacking(source: Source) -> list[str]:
    """The needed files that are not there."""
    return [path for path in NEEDED if source.read(path) is None]


def read_numbers(source: Source) -> Numbers:
    """Raises: UserError where a needed file is missing, or one is damaged or of another run."""

    def metrics(name: str) -> Row:
        return read_object(source, f"metrics/{name}.json")

    def speed(name: str) -> Row:
        return metrics(name) if source.read(f"metrics/{name}.json") is not None else {}

    return Numbers(
        base=read_evaluated(source, "base"),
        tuned=read_evaluated(source, "tuned"),
        segment=metrics("segment"),
        normalize=metrics("normalize"),
        dataset=metrics("dataset"),
        finetune=metrics("finetune"),
        convert=metrics("convert"),
        speed_base=speed("speed_base"),
        speed=speed("speed"),
        slices_base=_lines(source, "slices_base", _slice),
        slices=_lines(source, "slices", _slice),
        matters_base=_lines(source, "matters_base", _measure),
        matters=_lines(source, "matters", _measure),
        calibration=_lines(source, "calibration", _tenth),
        curve=_lines(source, "finetune_curve", _step),
    )


def _lines(source: Source, name: str, line: Callable[[_Cells], _Line]) -> list[_Line] | None:
    """A table's lines; None where there is no such file. Raises: UserError without repeating a cell."""
    path = f"metrics/{name}.csv"
    content = source.read(path)
    if content is None:
        return None
    found = []
    for number, cells in enumerate(csv.DictReader(io.StringIO(content)), 2):
        try:
            found.append(line(cells))
        except (KeyError, TypeError, ValueError):
            raise UserError(
                f"{path}: line {number} is not as this version writes it: run `dvc repro`"
            ) from None
    return found


def _slice(cells: _Cells) -> Slice:
    wer = Share(float(cells["wer"]), _maybe(cells["wer_low"]), _maybe(cells["wer_high"]))
    return Slice(cells["kind"], cells["slice"], int(cells["clips"]), int(cells["words"]), wer)


def _measure(cells: _Cells) -> Measure:
    value = _maybe(cells["value"])
    share = None if value is None else Share(value, _maybe(cells["low"]), _maybe(cells["high"]))
    return Measure(cells["measure"], int(cells["found"]), int(cells["of"]), share)


def _tenth(cells: _Cells) -> Tenth:
    return Tenth(float(cells["confidence"]), int(cells["words"]), float(cells["correct"]))


def _step(cells: _Cells) -> Step:
    return Step(
        int(cells["step"]),
        _maybe(cells["train_loss"]),
        _maybe(cells["validation_loss"]),
        _maybe(cells["validation_wer"]),
    )


def _maybe(cell: str) -> float | None:
    """None where the cell is empty, or holds what no axis can show: the loss of a run that went
    astray is no number."""
    return value if cell and math.isfinite(value := float(cell)) else None
