"""The files in a folder of the user's, and those on which DVC's hashing would fail or hang."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FAULTS = {
    "link_broken": "the symbolic link leads to no file; put the file itself in its place",
    "not_utf8": "the name is not UTF-8; rename it",
    "special": "it is a pipe, a socket or a device; remove it",
    "unreadable": "it cannot be opened; check its permissions and the disk",
}


@dataclass(frozen=True)
class Entry:
    path: Path
    status: os.stat_result | None
    """Of the file itself, not of a link to it; None with most faults."""
    fault: str = ""
    """A key of `FAULTS`; empty for a regular file that may be read."""


def entries(folder: Path) -> Iterator[Entry]:
    """All files below `folder`, and faulty entries, sorted by name; no file is opened.

    A link to a folder is followed once, and only within `folder`. Files that disappear
    meanwhile are left out, and names in .dvcignore: outputs while they are written.
    """
    root = os.path.realpath(folder)
    yield from _below(folder, root, {root})


def _below(folder: Path, root: str, seen: set[str]) -> Iterator[Entry]:
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        yield Entry(folder, None, "unreadable")
        return
    for name in names:
        path = folder / name
        if _ignored(name) or not os.path.lexists(path):
            continue
        entry = entry_of(path)
        if entry.fault or not (entry.status and stat.S_ISDIR(entry.status.st_mode)):
            yield entry
            continue
        real = os.path.realpath(path)
        if real not in seen and Path(real).is_relative_to(root):
            yield from _below(path, root, seen | {real})


def entry_of(path: Path) -> Entry:
    """The entry of one file or folder, which exists or is a link."""
    try:
        path.name.encode()
    except UnicodeEncodeError:
        return Entry(path, None, "not_utf8")
    try:
        status = path.stat()
    except FileNotFoundError:
        return Entry(path, None, "link_broken")
    except OSError:  # also a link to itself
        return Entry(path, None, "link_broken" if path.is_symlink() else "unreadable")
    if stat.S_ISDIR(status.st_mode):
        access = os.R_OK | os.X_OK
    elif stat.S_ISREG(status.st_mode):
        access = os.R_OK
    else:
        return Entry(path, status, "special")
    return Entry(path, status, "" if os.access(path, access) else "unreadable")


def _ignored(name: str) -> bool:
    return name.startswith(".") and name.endswith((".new", ".cache"))
