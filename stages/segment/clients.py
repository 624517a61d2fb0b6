"""`sessions.csv`: the client of each recording, so that a client stays in one split, and its use.

Columns `recording`, `client` and, optionally, `use`: `train` for recordings that only training may
have (published corpora, synthetic speech), `all` or nothing for the others. `attune import` adds
`corpus`: a name of stages/common/core/corpora.py, or nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stages.common.audio.formats import FORMATS
from stages.common.core.corpora import CORPORA
from stages.common.core.errors import UserError
from stages.common.core.forgotten import Forgotten
from stages.common.core.ids import recording_id
from stages.segment.sessions_table import FILE, Table, read_table

_OPTIONAL = {"use": ("all", "train"), "corpus": tuple(CORPORA)}
"""Column -> what its cells may hold, besides nothing."""


_MADE = re.compile(r"speak-[0-9a-f]{16}|daic-\d{3}|primock57-day\d+-consultation\d+")


_INVISIBLE = ("Cf", "Cc", "Cs")
"""Unicode categories: zero-width characters, marks of direction, controls."""


@dataclass(frozen=True)
class Clients:
    by_recording: dict[str, str]
    """Client by the recording's stem, in the spelling of the client's first row."""
    train_only: set[str]
    """Stems of the recordings with the use `train`."""
    corpora: dict[str, str]
    """Corpus by the recording's stem, for recordings of one."""
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

    Raises: UserError if the file is not as described, or names two clients, uses or corpora for a
        recording, with one line per fault.
    """
    table = read_table(folder)
    known = set(recordings)
    if table is None:
        return Clients({}, _made(known), {}, [], given=False)
    spellings: dict[str, str] = {}
    respelled: set[str] = set()
    loose = _loosely(known)
    clients: dict[str, str] = {}
    uses: dict[str, str] = {}
    corpora: dict[str, str] = {}
    unknown: set[str] = set()
    rows, faults = _rows(table)
    for line, name, client, use, corpus in rows:
        stem = stem_in(name, known)
        stem = stem if stem in known else loose.get(canonical_code(stem), stem)
        if stem not in known:
            unknown.add(stem)
            continue
        spelling = spellings.setdefault(canonical_code(client), client)
        if client != spelling:
            respelled.add(stem)
        client = spelling
        for what, cell, cells in (
            ("client", client, clients),
            ("use", use, uses),
            ("corpus", corpus, corpora),
        ):
            if cell and cells.setdefault(stem, cell) != cell:
                faults.append(
                    f"{FILE}: line {line} names another {what} for {recording_id(key, stem)} "
                    "than an earlier line; keep one of them"
                )
    if faults:
        raise UserError("\n".join(faults))
    by_default = dict.fromkeys([*corpora, *_made(known)], "train")
    train_only = {stem for stem, use in (by_default | uses).items() if use == "train"}
    # A voice without a client, such as a synthetic one, is in no other split anyway.
    notices = [(stem, "unknown_recording") for stem in sorted(unknown)]
    notices += [(stem, "no_client") for stem in sorted(known - set(clients) - train_only)]
    notices += [(stem, "client_respelled") for stem in sorted(respelled)]
    return Clients(clients, train_only, corpora, notices, given=True)


def canonical_code(code: str) -> str:
    """The canonical form of a client's code: white space, invisible characters, compatibility forms
    and case distinguish no two people. Two clients in one split cost nothing; one client in two
    splits is a leak."""
    composed = unicodedata.normalize("NFKC", code)
    # White space first: a tab is a control character.
    spaced = "".join(" " if c.isspace() else c for c in composed)
    visible = "".join(c for c in spaced if unicodedata.category(c) not in _INVISIBLE)
    return unicodedata.normalize("NFKC", " ".join(visible.split()).casefold())


def is_forgotten(forgotten: Forgotten, recording: str, client: str | None) -> bool:
    """Whether there is a tombstone of a recording, by its name, or of its client, whose code may be
    spelled in another way than when it was forgotten."""
    return forgotten.covers(recording, client) or forgotten.covers("", canonical_code(client or ""))


def _loosely(recordings: set[str]) -> dict[str, str]:
    """Recording by the `canonical_code` of its name, if that is unique."""
    counts = Counter(map(canonical_code, recordings))
    return {code: stem for stem in recordings if counts[code := canonical_code(stem)] == 1}


def _made(recordings: set[str]) -> set[str]:
    """Those that `attune speak` and `attune import` added: for training only, unless their row says
    otherwise, even if a spreadsheet lost the row."""
    return {stem for stem in recordings if _MADE.fullmatch(stem)}


def stem_in(name: str, known: set[str]) -> str:
    """The recording that a cell names: an audio suffix is part of it only where `known` says so."""
    without_suffix, _, suffix = name.rpartition(".")
    return without_suffix if name not in known and suffix.lower() in FORMATS else name


def _rows(table: Table) -> tuple[list[tuple[int, str, str, str, str]], list[str]]:
    """(line number, recording, client, use, corpus) of each row, and the faults of the others."""
    at_recording, at_client = map(table.index, ("recording", "client"))
    optional = [(name, table.index(name), known) for name, known in _OPTIONAL.items()]
    rows, faults = [], []
    for line, row in table.rows:
        if len(row) <= max(at_recording, at_client):
            faults.append(f"{FILE}: line {line} has too few columns")
            continue
        use, corpus = (row[at].lower() if 0 <= at < len(row) else "" for _, at, _ in optional)
        for cell, (name, _, known) in zip((use, corpus), optional, strict=True):
            if cell and cell not in known:
                faults.append(
                    f"{FILE}: line {line} has an unknown {name}; it is {' or '.join(known)}, or "
                    "empty"
                )
        rows.append((line, row[at_recording], row[at_client], use, corpus))
    return rows, faults
