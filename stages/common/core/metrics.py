"""`metrics/*.json` and `metrics/*.csv`, which git tracks for `dvc metrics` and `dvc plots`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from stages.common.core.errors import UserError
from stages.common.core.files import Row, write_text


def write_metrics(name: str, metrics: Mapping[str, Any]) -> None:
    """Write `metrics/<name>.json`: numbers and words, floats rounded to 4 places, no lists."""
    write_text(Path("metrics") / f"{name}.json", json.dumps(rounded(metrics), indent=2) + "\n")


def read_metrics(name: str) -> Row:
    """Raises: UserError if the file is missing or damaged."""
    path = Path("metrics") / f"{name}.json"
    try:
        metrics = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run `dvc repro`") from None
    except (OSError, ValueError, RecursionError):
        metrics = None
    if not isinstance(metrics, dict):
        raise UserError(
            f"{path}: it is damaged or in a merge conflict; restore it with `git checkout {path}`, "
            "or run `dvc repro`"
        )
    return metrics


def write_table(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write `metrics/<name>.csv`: floats with 4 places, None as an empty cell."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([f"{cell:.4f}" if isinstance(cell, float) else cell for cell in row])
    write_text(Path("metrics") / f"{name}.csv", table.getvalue())


def three_digits(total: float) -> float:
    """A total over recordings, rounded to three significant digits.

    Git keeps every version of a metric: the exact difference of two totals is the length, or the
    number of words, of the one recording that was added between them.
    """
    return float(f"{total:.3g}")


def rounded(value: Any) -> Any:
    """Numbers and words, floats to 4 places. Raises: TypeError for anything else, also lists."""
    if isinstance(value, Mapping):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, str | int | None):
        return value
    raise TypeError(f"a metric is a number or a word, not {type(value).__name__}")
