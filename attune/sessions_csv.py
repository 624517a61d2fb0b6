"""Adds rows to `sessions.csv` for recordings that a command writes to the sessions folder."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from stages.common.core.errors import UserError
from stages.common.core.files import write_text
from stages.segment.clients import stem_in
from stages.segment.sessions_table import FILE, Table, read_table

_COLUMNS = ("recording", "client", "use")
_OPTIONAL = "corpus"
"""Added with the first row that has one."""


_DEMO = Path("demo/sessions")


@dataclass(frozen=True)
class SessionRow:
    recording: str
    """The audio file's name without suffix."""
    client: str
    """Any code; "" if unknown."""
    use: str
    """`all` or `train`."""
    corpus: str = ""
    """A name of stages/common/core/corpora.py; "" for the team's own recordings."""


def check_own(sessions: Path) -> None:
    """Raises: UserError if the sessions folder is the demo's: what is added there would be lost."""
    if sessions.resolve() == _DEMO.resolve():
        raise UserError(
            "data.sessions is the demo's, which `dvc repro` rebuilds; run `attune init` first"
        )


def add_rows(sessions: Path, rows: Sequence[SessionRow]) -> None:
    """Add rows to `sessions.csv` in the folder `sessions`, or replace those of the same recordings.

    Delimiter, other columns and other rows are kept; the write is atomic. A replaced row keeps its
    position and its other cells.

    Raises: UserError if the existing file cannot be read (see `read_table`); OSError if it cannot
        be written.
    """
    table = read_table(sessions) or Table(list(_COLUMNS))
    with_corpus = table.index(_OPTIONAL) >= 0 or any(row.corpus for row in rows)
    names = (*_COLUMNS, _OPTIONAL) if with_corpus else _COLUMNS
    missing = [name for name in names if table.index(name) < 0]
    if missing:  # behind the cells of every row: some have more than the first line names
        unnamed = max((len(cells) for _, cells in table.rows), default=0) - len(table.columns)
        table = replace(table, columns=[*table.columns, *[""] * unnamed, *missing])
    places = [table.index(name) for name in names]

    def filled(cells: list[str], name: str) -> list[str]:
        """`cells` with those of the new row at their places."""
        cells = [*cells, *[""] * (len(table.columns) - len(cells))]
        row = new[name]
        for place, cell in zip(places, (name, row.client, row.use, row.corpus), strict=False):
            cells[place] = cell
        return cells

    new = {unicodedata.normalize("NFC", row.recording): row for row in rows}
    kept, written = [], set()
    for line, cells in table.rows:
        name = stem_in(cells[places[0]], set(new)) if places[0] < len(cells) else ""
        if name not in new:
            kept.append((line, cells))
        elif name not in written:
            kept.append((line, filled(cells, name)))
            written.add(name)
    kept += [(0, filled([], name)) for name in new if name not in written]
    # The file itself where its name is a link: the link stays.
    path = Path(os.path.realpath(sessions / FILE))
    write_text(path, replace(table, rows=kept).to_text())
