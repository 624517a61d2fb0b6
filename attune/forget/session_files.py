"""The person's files in `data.sessions`, drafts, reviews and quality pages."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from attune.draft.drafts import RECORD
from attune.forget.known import DRAFTS, recording_in
from attune.forget.person import Person
from attune.review.lock import REVIEWS
from stages.common.core.errors import UserError
from stages.common.core.files import read_json, sha256, write_text
from stages.segment.session_files import stem_of
from stages.segment.sessions_table import FILE as TABLE
from stages.segment.sessions_table import read_table

QUALITY = Path("data/quality")
_ORDER = "order.csv"


def files_of(folder: Path, person: Person) -> list[Path]:
    """Files below `folder` that are the person's by their names, with the targets of links, except
    other recordings' files. Never the table of clients, whatever their recordings are called."""
    found = []
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.name != TABLE and person.owns(path.name) and (path.is_file() or path.is_symlink()):
            found.append(path)
            target = Path(os.path.realpath(path))
            is_theirs = not person.is_others(target.name) and target.is_relative_to(
                os.path.realpath(folder)
            )
            if path.is_symlink() and is_theirs and target.is_file():
                found.append(target)
    return sorted(set(found))


def check_guard(guard: Path, sessions: Path, person: Person, listed: Collection[str]) -> None:
    """Raises: UserError if the out-of-domain set has a file with the name of a recording of the
    person's in `sessions`, now or before: in DVC's stores names alone tell whose a file is.

    listed: recordings in all versions of sessions.csv.
    """
    in_guard, theirs = (
        {stem_of(path) for path in files_of(folder, person)} for folder in (guard, sessions)
    )
    if both := in_guard & (theirs | set(listed)):
        raise UserError(
            f"evaluate.guard: {len(both)} file(s) with the name of a recording of theirs, which "
            "would be removed with it: give them other names, track the folder again with `dvc "
            "add`, and repeat"
        )


def copies_of(sessions: Path, person: Person) -> list[str]:
    """Names of others' recordings whose audio file is the same as one of the person's."""
    files = [path for path in (sessions / "audio").glob("*") if path.is_file()]
    theirs = [path for path in files if person.owns(path.name)]
    sizes = {path.stat().st_size for path in theirs} - {0}
    digests = {sha256(path) for path in theirs}
    return sorted(
        stem_of(path)
        for path in files
        if person.is_others(path.name)
        and path.stat().st_size in sizes  # so that few files are read
        and sha256(path) in digests
    )


def rows_in(sessions: Path, person: Person) -> int:
    """Number of the person's rows in sessions.csv. Raises: UserError if it cannot be read."""
    return len(_table(sessions, person)[1])


def remove_rows(sessions: Path, person: Person) -> None:
    """Raises: UserError if sessions.csv cannot be read."""
    table, theirs = _table(sessions, person)
    if theirs:
        kept = [(line, row) for line, row in table.rows if line not in theirs]
        path = Path(os.path.realpath(sessions / TABLE))
        write_text(path, replace(table, rows=kept).to_text())


def _table(sessions: Path, person: Person) -> tuple[Any, set[int]]:
    """The table, and the lines that name the person."""
    table = read_table(sessions)
    if table is None:
        return None, set()
    at, client = table.index("recording"), table.index("client")
    known = set(person.recordings | person.others)

    def theirs(row: list[str]) -> bool:
        named = at < len(row) and recording_in(row[at], known) in person.recordings
        return named or (client < len(row) and person.has_code(row[client]))

    return table, {line for line, row in table.rows if theirs(row)}


def drafts_and_reviews(person: Person) -> Counter[str]:
    """Number of the person's files by place."""
    return Counter(
        {
            "drafts": len(files_of(DRAFTS, person)),
            "reviews": len(files_of(REVIEWS, person)),
            "quality pages": len(list(_pages(person))),
        }
    )


def remove_drafts_and_reviews(person: Person) -> None:
    for folder in (DRAFTS, REVIEWS):
        for path in files_of(folder, person):
            path.unlink(missing_ok=True)
    record = DRAFTS / RECORD
    if record.is_file():
        rows = {stem: row for stem, row in read_json(record).items() if not person.owns(stem)}
        write_text(record, json.dumps(rows, indent=1, sort_keys=True) + "\n")
    (DRAFTS / _ORDER).unlink(missing_ok=True)  # the next `attune draft` rewrites it
    if any(_pages(person)):
        shutil.rmtree(QUALITY)  # the overview lists them too; `attune quality` rebuilds it


def _pages(person: Person) -> Iterator[Path]:
    return (path for path in QUALITY.glob("*.html") if person.owns(path.name))
