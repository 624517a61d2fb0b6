"""Tables that `dvc plots` draws and git can hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from stages.common.files import write_text


def write_table(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """`metrics/<name>.csv`: floats with 4 places, None as an empty cell."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([f"{cell:.4f}" if isinstance(cell, float) else cell for cell in row])
    write_text(Path("metrics") / f"{name}.csv", table.getvalue())
