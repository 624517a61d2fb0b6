"""All recordings that exist or existed, and their clients: in the folder, and in DVC's stores."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from pathlib import Path, PurePosixPath

from attune.forget.stores import Objects
from stages.segment.clients import stem_in
from stages.segment.session_files import find_files, stem_of
from stages.segment.sessions_table import FILE as TABLE

_ID = re.compile(r"r[0-9a-f]{10}")
DRAFTS, REVIEWS = Path("data/drafts"), Path("data/review")


def known_recordings(sessions: Path, objects: Objects) -> tuple[dict[str, str], set[str]]:
    """(recording -> client, names of all recordings).

    A row of the folder's own table counts before those of earlier versions, which may have been
    wrong.
    """
    stems: set[str] = set()
    if (sessions / "audio").is_dir() and (sessions / "transcripts").is_dir():
        audio, transcripts, _ = find_files(sessions)
        stems |= audio.keys() | transcripts.keys()
    for folder in (DRAFTS, REVIEWS):
        stems |= {stem_of(path) for path in folder.glob("*.vtt")}
    for entries in objects.listings.values():
        names = {entry.path for entry in entries}
        if any(name.startswith("transcripts/") for name in names):
            stems |= {
                stem
                for name in names
                if name.startswith("audio/") and not _ID.fullmatch(stem := _stem(name))
            }
    rows: dict[str, str] = {}
    if (sessions / TABLE).is_file():
        rows = _rows((sessions / TABLE).read_bytes())
    for oid, paths in sorted(objects.paths_of().items()):
        if oid in objects and any(path.rpartition("/")[2] == TABLE for path in paths):
            rows = _rows(objects.read(oid)) | rows
    clients = {stem_in(name, stems): client for name, client in rows.items()}
    return clients, stems | clients.keys()


def names_in(table: bytes) -> set[str]:
    """All cells of a table, and its recordings without suffix."""
    cells = {cell for row in _cells(table) for cell in row}
    return cells | {stem_in(cell, set()) for cell in cells}


def _rows(table: bytes) -> dict[str, str]:
    """Recording -> client."""
    rows = _cells(table)
    head = [name.lower() for name in rows[0]] if rows else []
    if "recording" not in head or "client" not in head:
        return {}
    name, client = head.index("recording"), head.index("client")
    return {row[name]: row[client] for row in rows[1:] if len(row) > max(name, client)}


def _cells(table: bytes) -> list[list[str]]:
    """Composed cells, without spaces around them; a damaged table gives what can be read."""
    text = table.decode("utf-8-sig", errors="replace")
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        rows = [line.split(delimiter) for line in text.splitlines()]
    return [[unicodedata.normalize("NFC", cell.strip()) for cell in row] for row in rows]


def _stem(name: str) -> str:
    return unicodedata.normalize("NFC", PurePosixPath(name).stem)
