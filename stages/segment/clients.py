"""`sessions.csv`: the client of each recording, so that a client stays in one split, and its use.

Columns `recording`, `client` and, optionally, `use`: `train` for recordings that only training may
have (corpora of others, synthetic speech), `all` or nothing for the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stages.common.audio.formats import FORMATS
from stages.common.core.errors import UserError
from stages.common.core.ids import recording_id
from stages.segment.sessions_table import FILE, Table, read_table

USES = ("all", "train")


@dataclass(frozen=True)
class Clients:
    by_recording: dict[str, str]
    """Client by the recording's stem."""
    train_only: set[str]
    """Stems of the recordings with the use `train`."""
    notices: list[tuple[str, str]]
    """(stem, key of `rejections.NOTICE`)"""
    given: bool
    """There is a sessions.csv."""


def read_clients(folder: Path, recordings: Sequence[str], key: bytes) -> Clients:
    """Read client and use of each recording; recordings may be missing from the file.

    Args:
        folder: the sessions folder.
        recordings: stems of the audio files.
        key: the project's key, for ids in messages.

    Raises: UserError if the file is not as described, or names two clients or two uses for a
        recording, with one line per fault.
    """
    table = read_table(folder)
    if table is None:
        return Clients({}, set(), [], given=False)
    known = set(recordings)
    clients: dict[str, str] = {}
    uses: dict[str, str] = {}
    unknown: set[str] = set()
    rows, faults = _rows(table)
    for line, name, client, use in rows:
        stem = stem_in(name, known)
        if stem not in known:
            unknown.add(stem)
            continue
        for what, cell, cells in (("client", client, clients), ("use", use, uses)):
            if cell and cells.setdefault(stem, cell) != cell:
                faults.append(
                    f"{FILE}: line {line} names another {what} for {recording_id(key, stem)} "
                    "than a line before it; keep one of them"
                )
    if faults:
        raise UserError("\n".join(faults))
    train_only = {stem for stem, use in uses.items() if use == "train"}
    # A voice without a client, such as a synthetic one, is in no other split anyway.
    notices = [(stem, "unknown_recording") for stem in sorted(unknown)]
    notices += [(stem, "no_client") for stem in sorted(known - set(clients) - train_only)]
    return Clients(clients, train_only, notices, given=True)


def stem_in(name: str, known: set[str]) -> str:
    """The recording that a cell names: an audio suffix is part of it only where `known` says so."""
    without_suffix, _, suffix = name.rpartition(".")
    return without_suffix if name not in known and suffix.lower() in FORMATS else name


def _rows(table: Table) -> tuple[list[tuple[int, str, str, str]], list[str]]:
    """(line number, recording, client, use) of each row, and the faults of the others."""
    at_recording, at_client, at_use = map(table.index, ("recording", "client", "use"))
    rows, faults = [], []
    for line, row in table.rows:
        if len(row) <= max(at_recording, at_client):
            faults.append(f"{FILE}: line {line} has too few columns")
            continue
        use = row[at_use].lower() if 0 <= at_use < len(row) else ""
        if use and use not in USES:
            faults.append(
                f"{FILE}: line {line} has an unknown use; it is {' or '.join(USES)}, or empty"
            )
        rows.append((line, row[at_recording], row[at_client], use))
    return rows, faults
