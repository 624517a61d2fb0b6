"""All recordings that exist or existed, and their clients: in the folder, and in DVC's stores."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from pathlib import Path, PurePosixPath

from attune.forget.stores import Objects
from attune.review.lock import REVIEWS
from stages.segment.clients import canonical_code, stem_in
from stages.segment.session_files import find_files, stem_of
from stages.segment.sessions_table import FILE as TABLE

_ID = re.compile(r"r[0-9a-f]{10}")
DRAFTS = Path("data/drafts")


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
        # The folder itself, or one in a folder that DVC tracks as a whole.
        folders: dict[PurePosixPath, list[str]] = defaultdict(list)
        for entry in entries:
            folders[PurePosixPath(entry.path).parent].append(_stem(entry.path))
        for parent, names in folders.items():
            if parent.name == "audio" and parent.with_name("transcripts") in folders:
                stems |= {name for name in names if not _ID.fullmatch(name)}
    rows: dict[str, str] = {}
    if (sessions / TABLE).is_file():
        rows = _rows((sessions / TABLE).read_bytes())
    for oid, paths in sorted(objects.paths_of().items()):
        if oid in objects and any(path.rpartition("/")[2] == TABLE for path in paths):
            rows = _rows(objects.read(oid)) | rows
    clients = {recording_in(name, stems): client for name, client in rows.items()}
    return clients, stems | clients.keys()


def recording_in(cell: str, known: set[str]) -> str:
    """The recording that a cell of the table names, as `read_clients` takes it: in another spelling
    only where one recording alone has such a name."""
    stem = stem_in(cell, known)
    if stem in known:
        return stem
    alike = [name for name in known if canonical_code(name) == canonical_code(stem)]
    return alike[0] if len(alike) == 1 else stem


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
