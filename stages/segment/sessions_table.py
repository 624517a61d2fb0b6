"""The cells of `sessions.csv`, as spreadsheets write it; clients.py says what they mean."""

from __future__ import annotations

import csv
import io
import os
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from stages.common.core.errors import UserError

FILE = "sessions.csv"
_MAX_BYTES = 16_000_000
_BOM = "\ufeff"


@dataclass(frozen=True)
class Table:
    columns: list[str]
    """Names in the first line, as they are written there."""
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    """(line number, cells) of each row that is not blank; cells stripped and composed (NFC)."""
    delimiter: str = ","
    line_end: str = "\n"
    bom: bool = False
    """The file starts with a byte order mark, as Excel's do."""

    def index(self, column: str) -> int:
        """Place of a column, whatever its case; -1 if there is none."""
        names = [name.lower() for name in self.columns]
        return names.index(column) if column in names else -1

    def to_text(self) -> str:
        """The file's content: cells with the quotes that they need."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter=self.delimiter, lineterminator=self.line_end)
        writer.writerow(self.columns)
        writer.writerows(row for _, row in self.rows)
        return _BOM * self.bom + text.getvalue()


def read_table(folder: Path) -> Table | None:
    """The table in the sessions folder `folder`; None if there is no file.

    Raises: UserError if it is not CSV in UTF-8 with the columns `recording` and `client`, or is a
        link that leads out of the folder.
    """
    path = folder / FILE
    if not (path.exists() or path.is_symlink()):
        return None
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise UserError(
            f"{FILE}: a link that leads out of data.sessions; put the file itself there"
        )
    if path.exists() and not path.is_file():
        raise UserError(f"{FILE}: it is a folder, a pipe or a device; put the file itself there")
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
        text = data.decode("utf-8")
    except OSError:
        raise UserError(f"{FILE}: it cannot be opened; check its permissions") from None
    except UnicodeDecodeError:
        raise UserError(f'{FILE}: not UTF-8; save it as "CSV UTF-8"') from None
    if len(data) > _MAX_BYTES:
        raise UserError(f"{FILE}: larger than 16 MB; is it the right file?")
    bom, text = text.startswith(_BOM), text.removeprefix(_BOM)
    header = text.partition("\n")[0]
    # Excel writes semicolons where the comma is the decimal sign.
    delimiter = max(",;\t", key=header.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows = [
            (reader.line_num, [unicodedata.normalize("NFC", cell.strip()) for cell in row])
            for row in reader
        ]
    except csv.Error:
        raise UserError(
            f"{FILE}: not CSV (an open quote?); save it again from a spreadsheet"
        ) from None
    table = Table(
        rows[0][1] if rows else [],
        [(line, row) for line, row in rows[1:] if any(row)],
        delimiter,
        "\r\n" if header.endswith("\r") else "\n",
        bom,
    )
    missing = [name for name in ("recording", "client") if table.index(name) < 0]
    if missing:
        raise UserError(
            f"{FILE}: its first line lacks {' and '.join(missing)}; it is recording,client"
        )
    return table
