"""A recording under review: its cues in memory, as WebVTT and as an edit log on disk.

data/review/STEM.vtt         the cues, replaced atomically at each change
data/review/STEM.log.jsonl   the changes, flushed before the WebVTT is replaced
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from attune.review.cues import (
    InvalidEdit,
    ReviewCue,
    Splice,
    apply,
    difference,
    from_vtt,
    invert,
    to_vtt,
)
from attune.review.edit_log import EditLog, Entry
from stages.common.core.errors import UserError
from stages.common.core.files import write_text
from stages.common.core.rejections import RecordingRejected

_REPEATED = 20
"""Last entries that are searched for a request that a page sends again."""


class Stale(Exception):
    """The edit was made on a version that is no longer current."""


class Document:
    """The cues and their edit log; a method returns once its change is on disk."""

    def __init__(self, folder: Path, stem: str, start: Callable[[], list[ReviewCue]]) -> None:
        """Open the review of a recording, or start it.

        Args:
            folder: of all reviews.
            stem: the recording's file name without suffix.
            start: the cues to start from, called if there is no review yet.

        Raises: UserError if its files are damaged, OSError if they cannot be written.
        """
        self.path = folder / f"{stem}.vtt"
        self.log = EditLog(folder / f"{stem}.log.jsonl")
        self._seen = (0, 0)
        self._is_written = True
        self.cues: list[ReviewCue] = []
        if self.path.is_file():
            self._load(is_start=True)
        elif self.log.entries:  # the first write of the WebVTT failed, or the file was removed
            self.cues = _replay(self.log.entries)
            self._write(to_vtt(self.cues))
        else:
            self._record("start", "", "", difference([], start()), 0.0)

    @property
    def version(self) -> int:
        return len(self.log.entries)

    @property
    def finished(self) -> list[ReviewCue]:
        """The cues at the last "Done"; none before the first."""
        entries = list(self.log.entries)
        while entries and entries[-1].kind != "done":
            entries.pop()
        return _replay(entries)

    def edit(
        self, base: int, request: str, kind: str, group: str, splices: list[Splice], seconds: float
    ) -> None:
        """Apply the page's splices.

        Args:
            base: the version that the page changed.
            seconds: of work since the edit before.

        Raises: Stale, InvalidEdit, OSError; nothing is changed then.
        """
        if self._done(base, request):
            return
        self._record(kind, request, group, splices, seconds)

    def undo(self, base: int, request: str, seconds: float) -> list[Splice]:
        """Revert the last group of edits; returns the splices. Raises: as `edit`."""
        if done := self._done(base, request):
            return done.splices
        splices = [splice for e in self.log.undoable() for splice in invert(e.splices)]
        if splices:
            self._record("undo", request, "", splices, seconds)
        return splices

    def redo(self, base: int, request: str, seconds: float) -> list[Splice]:
        """Repeat what the last undo reverted; returns the splices. Raises: as `edit`."""
        if done := self._done(base, request):
            return done.splices
        splices = [splice for part in self.log.redoable() for splice in part]
        if splices:
            self._record("redo", request, "", splices, seconds)
        return splices

    def note(self, kind: str, seconds: float) -> None:
        """Append an entry without a change. Raises: OSError."""
        self._record(kind, "", "", [], seconds)

    def replace_all(self, cues: list[ReviewCue], kind: str) -> None:
        """Raises: InvalidEdit, OSError."""
        self._record(kind, "", "", difference(self.cues, cues), 0.0)

    def refresh(self) -> bool:
        """Read the WebVTT again if another program changed it.

        Returns: whether the cues changed.
        Raises: UserError if it is no longer WebVTT, OSError.
        """
        if not self._is_written:  # the disk was full after the log was written
            self._write(to_vtt(self.cues))
        if file_state(self.path) == self._seen:
            return False
        before = self.version
        if self.path.is_file():
            self._load(is_start=False)
        else:
            self._write(to_vtt(self.cues))
        return self.version > before

    def _done(self, base: int, request: str) -> Entry | None:
        """The request's entry if it was carried out but the answer was lost. Raises: Stale."""
        self.refresh()
        for entry in reversed(self.log.entries[-_REPEATED:]):
            if request and entry.request == request:
                return entry
        if base != self.version:
            raise Stale
        return None

    def _record(
        self, kind: str, request: str, group: str, splices: list[Splice], seconds: float
    ) -> None:
        cues = apply(self.cues, splices)
        text = to_vtt(cues)
        entry = Entry(kind, request, group, _digest(text), round(seconds, 1), splices)
        self.log.append(entry)
        self.cues = cues
        self._write(text)

    def _write(self, text: str) -> None:
        """A failure leaves the log ahead of the file; `refresh` or `_load` repairs that."""
        self._is_written = False
        write_text(self.path, text)
        self._is_written = True
        self._seen = file_state(self.path)

    def _load(self, is_start: bool) -> None:
        self._seen = file_state(self.path)
        text = self.path.read_text(encoding="utf-8", errors="surrogateescape")
        digest = _digest(text)
        if digest == self.log.digest:
            self.cues = _replay(self.log.entries)
            return
        is_earlier = any(entry.digest == digest for entry in self.log.entries)
        if (is_start and is_earlier) or (self.log.entries and not text.strip("\0")):
            # The last changes are in the log alone: the log is flushed, the WebVTT is not, and a
            # crash or power failure came between.
            self.cues = _replay(self.log.entries)
            self._write(to_vtt(self.cues))
            return
        try:
            cues = from_vtt(text)
            text.encode()
        except (RecordingRejected, UnicodeEncodeError):
            raise UserError(
                f"{self.path.parent}: the WebVTT of a review is damaged; remove it to resume "
                "from its edit log"
            ) from None
        self.cues = _replay(self.log.entries)
        kind = "outside" if self.log.entries else "start"  # undo stops here
        try:
            self._record(kind, "", "", difference(self.cues, cues), 0.0)
        except InvalidEdit:
            raise UserError(
                f"{self.path.parent}: another program wrote invalid cues into a review (end "
                "before start?); correct or remove its WebVTT"
            ) from None


def file_state(path: Path | None) -> tuple[int, int]:
    """(time in ns, size) of a file, which change with it; zeros if there is none."""
    try:
        found = path.stat() if path else None
    except FileNotFoundError:
        found = None
    return (found.st_mtime_ns, found.st_size) if found else (0, 0)


def _replay(entries: Sequence[Entry]) -> list[ReviewCue]:
    cues: list[ReviewCue] = []
    for entry in entries:
        for splice in entry.splices:  # checked when they were written
            cues[splice.at : splice.at + len(splice.remove)] = splice.insert
    return cues


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
