"""The edit log beside a review's WebVTT: one JSON line per change, only ever appended to.

It is flushed to disk before the WebVTT is written, so that a crash between the two loses nothing,
and it holds what undo needs. It records no times of day, only seconds of work.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from attune.review.cues import ReviewCue, Splice
from stages.common.core.errors import UserError


@dataclass(frozen=True)
class Entry:
    """One change."""

    kind: str
    """start, text, split, merge, border, speaker, replace, checked ..., undo, redo, outside, done,
    or work: no change, only seconds of work."""
    request: str
    """The page's id of its request; one that is sent again after a lost answer is not applied
    twice."""
    group: str
    """Entries with the same group in a row are undone together."""
    digest: str
    """SHA-256 of the WebVTT after the change."""
    seconds: float = 0.0
    """Seconds of work since the entry before."""
    splices: list[Splice] = field(default_factory=list)


class EditLog:
    """The log of one recording, in memory and on disk."""

    def __init__(self, path: Path) -> None:
        """Raises: UserError if a line other than the last is damaged."""
        self.path = path
        self.entries: list[Entry] = []
        self._bytes = 0
        if path.is_file():
            self._read(path.read_bytes())

    def _read(self, data: bytes) -> None:
        lines = data.split(b"\n")
        # What follows the last line feed is empty, or a line that a crash cut short.
        for line in lines[:-1]:
            try:
                self.entries.append(_entry(json.loads(line)))
            except (ValueError, TypeError, KeyError):
                raise UserError(
                    f"{self.path.parent}: line {len(self.entries) + 1} of an edit log is damaged; "
                    "move the log elsewhere: the corrections are in the WebVTT beside it"
                ) from None
            self._bytes += len(line) + 1

    def append(self, entry: Entry) -> None:
        """Write and flush one line. Raises: OSError; the log is as before then."""
        line, at = _line(entry), self._bytes
        # Unbuffered: closing a buffered file would write the rest of a line that did not fit.
        with self.path.open("ab", buffering=0) as file:
            if file.tell() < at:  # another program removed it or cut it
                line, at = b"".join(map(_line, [*self.entries, entry])), 0
            if file.tell() != at:  # a line that a crash cut short
                file.truncate(at)
            try:
                written = 0
                while written < len(line):
                    written += file.write(line[written:])
                os.fsync(file.fileno())
            except OSError:
                file.truncate(at)
                raise
        self._bytes = at + len(line)
        self.entries.append(entry)

    @property
    def digest(self) -> str:
        """Of the WebVTT after the last entry; "" without one."""
        return self.entries[-1].digest if self.entries else ""

    @property
    def is_done(self) -> bool:
        """Whether nothing changed since "Done"."""
        kinds = [entry.kind for entry in self.entries if entry.kind != "work"]
        return bool(kinds) and kinds[-1] == "done"

    @property
    def seconds(self) -> float:
        """Seconds of work in all."""
        return sum(entry.seconds for entry in self.entries)

    def undoable(self) -> list[Entry]:
        """The entries that the next undo reverts, last first; empty if there is none."""
        return _last_group(self._stacks()[0])

    def redoable(self) -> list[list[Splice]]:
        """The splices of each entry that the next redo repeats, in order."""
        undone = self._stacks()[1]
        return undone[-1] if undone else []

    def _stacks(self) -> tuple[list[Entry], list[list[list[Splice]]]]:
        """(entries that can be undone, groups that can be redone)."""
        done: list[Entry] = []
        undone: list[list[list[Splice]]] = []
        for entry in self.entries:
            if entry.kind == "undo":
                group = _last_group(done)
                del done[len(done) - len(group) :]
                undone.append([item.splices for item in reversed(group)])
            elif entry.kind == "redo":
                undone.pop()
                done.append(entry)
            elif entry.kind == "start" or not entry.splices:
                continue
            else:
                done.append(entry)
                undone.clear()
        return done, undone


def _line(entry: Entry) -> bytes:
    return json.dumps(asdict(entry), ensure_ascii=False).encode() + b"\n"


def _last_group(done: Sequence[Entry]) -> list[Entry]:
    group: list[Entry] = []
    for entry in reversed(done):
        if group and (entry.group != group[-1].group or not entry.group):
            break
        group.append(entry)
    return group


def _entry(row: dict[str, Any]) -> Entry:
    splices = [
        Splice(
            splice["at"],
            [ReviewCue(**cue) for cue in splice["remove"]],
            [ReviewCue(**cue) for cue in splice["insert"]],
        )
        for splice in row.pop("splices")
    ]
    return Entry(**row, splices=splices)
