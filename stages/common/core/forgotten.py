"""Tombstones: what `attune forget` removed, so that a copy of it does not come back by mistake.

`data/forgotten.csv` lies in git: a keyed hash of each recording and client, and the date. Without
the project's key nobody can test a guess at the name behind a hash.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from stages.common.core.errors import UserError
from stages.common.core.files import write_text
from stages.common.core.ids import keyed_hash, read_key

FILE = Path("data/forgotten.csv")
HEADER = "keyed_hash,date"
_LINE = re.compile(r"([0-9a-f]{64}),(\d{4}-\d\d-\d\d)")


@dataclass(frozen=True)
class Forgotten:
    """The tombstones of a project."""

    key: bytes
    hashes: frozenset[str]

    def covers(self, recording: str, client: str | None = None) -> bool:
        """Whether a recording, by its name, or its client was forgotten."""
        return any(hash_ in self.hashes for hash_ in _hashes(self.key, [recording], [client or ""]))


def tombstones(key: Path) -> Forgotten:
    """Those of a project with its key in the file `key`; without a key nothing was forgotten."""
    return read_forgotten(read_key(key)) if key.is_file() else Forgotten(b"", frozenset())


def read_forgotten(key: bytes) -> Forgotten:
    """Raises: UserError naming each damaged line: a tombstone must not be lost."""
    rows = _rows()
    return Forgotten(key, frozenset(rows))


def add_forgotten(key: bytes, recordings: Iterable[str], clients: Iterable[str]) -> None:
    """Add today's tombstones; those that exist keep their date."""
    rows = _rows()
    today = datetime.date.today().isoformat()
    for hash_ in _hashes(key, recordings, clients):
        rows.setdefault(hash_, today)
    lines = [HEADER, *(f"{hash_},{date}" for hash_, date in sorted(rows.items()))]
    write_text(FILE, "\n".join(lines) + "\n")


def _hashes(key: bytes, recordings: Iterable[str], clients: Iterable[str]) -> list[str]:
    # Kinds of their own, so that no hash equals the id in older metrics.
    return [
        *(keyed_hash(key, "forgotten recording", name) for name in recordings),
        *(keyed_hash(key, "forgotten client", name) for name in clients if name),
    ]


def _rows() -> dict[str, str]:
    """Keyed hash -> date."""
    if not FILE.is_file():
        return {}
    lines = FILE.read_text(encoding="utf-8", errors="replace").splitlines()
    matches = {n: _LINE.fullmatch(line) for n, line in enumerate(lines, 1) if line != HEADER}
    faults = [n for n, match in matches.items() if match is None]
    if faults:
        advice = "is not a tombstone; restore the file from git"
        raise UserError("\n".join(f"{FILE}: line {number} {advice}" for number in faults))
    return {match[1]: match[2] for match in matches.values() if match}
