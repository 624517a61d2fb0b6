"""All reviews of a sessions folder: one open document per recording, one writer per document."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Any

from attune.review.cues import ReviewCue, Splice, from_vtt, to_transcript
from attune.review.document import Document, file_state
from attune.review.edit_log import EditLog
from attune.review.progress import Progress, minutes_per_minute, progress_of
from attune.review.publish import publish
from attune.review.replacing import replace_in
from attune.review.sources import Doubt, Source, Sources, reason_of
from attune.review.words import DraftWords
from attune.sessions_csv import check_own
from stages.common.core.errors import UserError
from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.reviewed import vtt_is_reviewed

_LEASE_SECONDS = 6.0
"""A page that sent nothing for longer no longer holds the recording."""
_MAX_WORK_SECONDS = 60.0
"""The most work time that one message of a page can add."""


class ReadOnly(Exception):
    """Another page holds the recording."""


@dataclass
class Open:
    """A recording in memory."""

    source: Source
    document: Document
    words: DraftWords
    doubts: list[Doubt]
    holder: str = ""
    """The page that may write."""
    heard: float = 0.0
    """When it last sent a message, by `time.monotonic`."""
    seconds: float = 0.0
    """Seconds of work that are not in the log yet."""


@dataclass
class Reviews:
    """Every method may be called from any thread."""

    sources: Sources
    sessions: Path
    folder: Path
    clock: Callable[[], float] = time.monotonic
    _open: dict[str, Open] = field(default_factory=dict)
    _progress: dict[str, tuple[object, Progress, int]] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    def open(self, id_: str) -> Open:
        """Raises: KeyError for an unknown id, UserError if there is nothing to start from."""
        with self._lock:
            if id_ not in self._open:
                source = self.sources.by_id[id_]
                document = Document(self.folder, source.stem, lambda: self.sources.start(source))
                self._take_over_transcript(document, source)
                self._open[id_] = Open(
                    source, document, self.sources.words(source), self.sources.doubts(source)
                )
            else:
                self._open[id_].document.refresh()
            return self._open[id_]

    def hold(self, id_: str, page: str, force: bool, seconds: float) -> bool:
        """Whether the page may write; it must call this every few seconds.

        Args:
            force: take the recording from another page.
            seconds: of work since the last message.
        """
        with self._lock:
            try:
                self._held(id_, page, seconds, force)
            except ReadOnly:
                return False
            return True

    def release(self, id_: str, page: str, seconds: float) -> None:
        """The page is closed. seconds: of work since its last message. Raises: OSError."""
        with self._lock:
            review = self.open(id_)
            if review.holder == page:
                review.holder = ""
                review.seconds += min(seconds, _MAX_WORK_SECONDS)
                if review.seconds >= 1:
                    review.document.note("work", _taken(review))

    def edit(
        self, id_: str, page: str, base: int, request: str, kind: str, group: str,
        splices: list[Splice], seconds: float,
    ) -> Open:  # fmt: skip
        """Raises: ReadOnly, and as Document.edit."""
        with self._lock:
            review = self._held(id_, page, seconds)
            review.document.edit(base, request, kind, group, splices, review.seconds)
            review.seconds = 0.0
            return review

    def undo(
        self, id_: str, page: str, base: int, request: str, seconds: float, redo: bool
    ) -> list[Splice]:
        """Raises: ReadOnly, and as Document.undo."""
        with self._lock:
            review = self._held(id_, page, seconds)
            act = review.document.redo if redo else review.document.undo
            splices = act(base, request, review.seconds)
            review.seconds = 0.0
            return splices

    def replace(self, id_: str, find: str, replacement: str) -> tuple[list[Splice], int]:
        """Splices, which the page sends as an edit, and number of replacements in a recording."""
        with self._lock:
            return replace_in(self.open(id_).document.cues, find, replacement)

    def replace_elsewhere(
        self, id_: str, page: str, find: str, replacement: str, dry: bool
    ) -> tuple[int, int, int]:
        """Replace in the unchecked cues of all other unfinished recordings.

        Returns: (places, recordings, recordings left out because a page holds them).
        Raises: OSError.
        """
        places = recordings = held = 0
        with self._lock:
            for other in self.sources.by_id.values():
                if other.id == id_ or self.progress(other)[0].done:
                    continue
                try:
                    cues = self._cues(other)
                    splices, count = replace_in(cues, find, replacement, unchecked_only=True)
                    if not count:
                        continue
                    if other.id in self._open and self._is_held_by_other(
                        self._open[other.id], page
                    ):
                        held += 1
                        continue
                    if not dry:  # a review is started only if something is replaced
                        document = self.open(other.id).document
                        document.edit(document.version, "", "replace", "", splices, 0.0)
                except UserError:
                    continue
                places, recordings = places + count, recordings + 1
        return places, recordings, held

    def finish(self, id_: str, page: str, seconds: float) -> None:
        """Write the reviewed transcript. Raises: ReadOnly, UserError, OSError."""
        check_own(self.sessions)
        with self._lock:
            review = self._held(id_, page, seconds)
            self.sources.scan()  # another transcript may lie there since it was opened
            review.source = self.sources.by_id[id_]
            own = to_transcript(review.document.finished)
            publish(review.source, review.document.cues, self.sessions, self.folder, own)
            review.document.note("done", _taken(review))
            self.sources.scan()
            review.source = self.sources.by_id[id_]

    def payload(self, review: Open, cues: list[ReviewCue]) -> list[dict[str, Any]]:
        """Cues as the page takes them, with their words: [first, last, start, end, probability]."""
        return [
            {
                "id": cue.id, "start": cue.start, "end": cue.end, "speaker": cue.speaker,
                "text": cue.text, "checked": cue.checked,
                "words": [
                    [w.first, w.last, w.start, w.end, w.probability]
                    for w in review.words.timed(cue)
                ],
                "doubt": reason_of(cue, review.doubts),
            }
            for cue in cues
        ]  # fmt: skip

    def _cues(self, source: Source) -> list[ReviewCue]:
        """Raises: UserError if there are none."""
        if (self.folder / f"{source.stem}.vtt").is_file():
            return self.open(source.id).document.cues
        return self.sources.start(source)

    def progress(self, source: Source) -> tuple[Progress, int]:
        """(progress, number of unchecked doubtful words and segments), from memory or disk."""
        path = self.folder / f"{source.stem}.vtt"
        known = (source, self.sources.segmented, *map(file_state, (path, source.draft)))
        with self._lock:
            if self._progress.get(source.id, (None,))[0] != known:
                self._progress[source.id] = (known, *self._measure(source, path))
            return self._progress[source.id][1:]

    def minutes_per_minute(self) -> float | None:
        return minutes_per_minute(self.progress(s)[0] for s in self.sources.by_id.values())

    def _measure(self, source: Source, path: Path) -> tuple[Progress, int]:
        done, work = False, 0.0
        cues: list[ReviewCue] = []
        words = DraftWords([])
        try:
            if path.is_file():
                cues = from_vtt(path.read_text(encoding="utf-8"))
                log = EditLog(self.folder / f"{source.stem}.log.jsonl")
                work = log.seconds
                done = log.is_done and bool(source.transcripts)  # else it was taken away since
            else:
                done = _is_reviewed(source)
                cues = self.sources.start(source)
            words = self.sources.words(source)
        except (UserError, RecordingRejected, UnicodeDecodeError, OSError):
            pass  # reported when it is opened
        doubts = self.sources.doubts(source)
        open_cues = [cue for cue in cues if not cue.checked]
        doubtful = (
            0
            if done
            else sum(words.doubtful_in(cue) or bool(reason_of(cue, doubts)) for cue in open_cues)
        )
        return progress_of(cues, work, done), doubtful

    def _take_over_transcript(self, document: Document, source: Source) -> None:
        """Continue from the transcript if it was edited since the review was finished."""
        if not document.log.is_done:
            return
        # The bytes are compared, since the readers remove what looks like a label or a mark.
        path = self.sessions / "transcripts" / f"{source.stem}.vtt"
        if not path.is_file() or path.read_bytes() == to_transcript(document.cues).encode():
            return
        cues = [cue for cue in document.cues if cue.text]
        try:
            now = self.sources.start(source)
        except UserError:
            return
        if [(c.text, c.speaker) for c in now] != [
            (c.text, c.speaker) for c in sorted(cues, key=lambda c: (c.start, c.end, c.id))
        ]:
            document.replace_all(now, "outside")

    def _held(self, id_: str, page: str, seconds: float, force: bool = False) -> Open:
        """The recording, held by the page from now on. Raises: ReadOnly."""
        review = self.open(id_)
        if not force and self._is_held_by_other(review, page):
            raise ReadOnly
        review.holder, review.heard = page, self.clock()
        review.seconds += min(seconds, _MAX_WORK_SECONDS)
        return review

    def _is_held_by_other(self, review: Open, page: str) -> bool:
        fresh = self.clock() - review.heard < _LEASE_SECONDS
        return bool(review.holder) and review.holder != page and fresh


def _taken(review: Open) -> float:
    seconds, review.seconds = review.seconds, 0.0
    return seconds


def _is_reviewed(source: Source) -> bool:
    return any(
        path.suffix.lower() == ".vtt"
        and vtt_is_reviewed(path.read_text(encoding="utf-8", errors="replace"))
        for path, _ in source.transcripts
    )
