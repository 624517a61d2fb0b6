"""`sessions.csv`: the client of each recording, so that a client stays in one split."""

from __future__ import annotations

import csv
import io
import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stages.common.audio.formats import FORMATS
from stages.common.core.errors import UserError
from stages.common.core.ids import recording_id

FILE = "sessions.csv"


@dataclass(frozen=True)
class Clients:
    by_recording: dict[str, str]
    """Client by the recording's stem."""
    notices: list[tuple[str, str]]
    """(stem, key of `rejections.NOTICE`)"""
    given: bool
    """There is a sessions.csv."""


def read_clients(folder: Path, recordings: Sequence[str], key: bytes) -> Clients:
    """Read which client each recording belongs to; recordings may be missing from the file.

    Args:
        folder: the sessions folder.
        recordings: stems of the audio files.
        key: the project's key, for ids in messages.

    Raises: UserError if the file is not as described, or names two clients for a recording, with
        one line per fault.
    """
    path = folder / FILE
    if not (path.exists() or path.is_symlink()):
        return Clients({}, [], given=False)
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise UserError(
            f"{FILE}: a link that leads out of data.sessions; put the file itself there"
        )
    known = set(recordings)
    clients: dict[str, str] = {}
    unknown: set[str] = set()
    faults = []
    for line, name, client in _rows(path):
        without_suffix, _, suffix = name.rpartition(".")
        # An audio suffix counts where a recording has the whole name as its stem.
        stem = without_suffix if name not in known and suffix.lower() in FORMATS else name
        if stem not in known:
            unknown.add(stem)
        elif client and clients.setdefault(stem, client) != client:
            faults.append(
                f"{FILE}: line {line} names another client for {recording_id(key, stem)} "
                "than a line before it; keep one of them"
            )
    if faults:
        raise UserError("\n".join(faults))
    notices = [(stem, "unknown_recording") for stem in sorted(unknown)]
    notices += [(stem, "no_client") for stem in sorted(known - set(clients))]
    return Clients(clients, notices, given=True)


def _rows(path: Path) -> list[tuple[int, str, str]]:
    """(line number, recording, client) of each row that is not blank."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError:
        raise UserError(f"{FILE}: it cannot be opened; check its permissions") from None
    except UnicodeDecodeError:
        raise UserError(f'{FILE}: not UTF-8; save it as "CSV UTF-8"') from None
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
            f"{FILE}: not CSV (an open quote?); save it anew from a spreadsheet"
        ) from None
    names = [name.lower() for name in rows[0][1]] if rows else []
    missing = [name for name in ("recording", "client") if name not in names]
    if missing:
        raise UserError(
            f"{FILE}: its first line lacks {' and '.join(missing)}; it is recording,client"
        )
    at_recording, at_client = names.index("recording"), names.index("client")
    rows = [(line, row) for line, row in rows[1:] if any(row)]
    short = [line for line, row in rows if len(row) <= max(at_recording, at_client)]
    if short:
        raise UserError("\n".join(f"{FILE}: line {line} has too few columns" for line in short))
    return [(line, row[at_recording], row[at_client]) for line, row in rows]
