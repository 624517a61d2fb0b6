"""Digests of the user's files: names and contents alone, so that every clone has the same.

An unchanged file is hashed once: its hash is kept in `.state` under its inode, size and time. Keys
and hashes there are keyed themselves; without `data.key` they tell nothing about a file.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from stages.check_inputs.entries import Entry
from stages.common.core.files import sha256, state_folder, write_text
from stages.common.core.ids import keyed_hash

_SETTLED_SECONDS = 2
"""A file just written may change again without a change of its time stamp."""


class Digests:
    def __init__(self, key: bytes) -> None:
        self._key, self._file = key, state_folder("inputs") / "hashes.json"
        self._hashes: dict[Path, str] = {}
        self._kept: dict[str, str] = {}
        try:
            known = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):  # missing or damaged: hash all
            known = {}
        self._known: dict[str, str] = known if isinstance(known, dict) else {}

    def add(self, entry: Entry) -> None:
        """Hash a file. Raises: OSError if it cannot be read."""
        status = entry.status or entry.path.stat()
        facts = f"{status.st_ino} {status.st_size} {status.st_mtime_ns}"
        name = keyed_hash(self._key, "status", facts)
        digest = self._known.get(name)
        if not isinstance(digest, str):
            digest = keyed_hash(self._key, "content", sha256(entry.path))
        self._hashes[entry.path] = digest
        if status.st_mtime < time.time() - _SETTLED_SECONDS:
            self._kept[name] = digest

    def keep(self) -> None:
        """Keep the hashes for the next run; those of files that are gone are forgotten."""
        if self._kept != self._known:
            write_text(self._file, json.dumps(self._kept, sort_keys=True))

    def of(self, root: Path) -> str:
        """64 hex digits over the files that were added, `root` or all below it."""
        rows = sorted(
            keyed_hash(self._key, "name", path.relative_to(root).as_posix()) + digest
            for path, digest in self._hashes.items()
            if path.is_relative_to(root)
        )
        return keyed_hash(self._key, "input", "\n".join(rows))
