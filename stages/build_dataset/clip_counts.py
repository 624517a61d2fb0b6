"""Counts of the clips of a split while they are written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from stages.common.dataset.split import Clip


class ClipCounts:
    """Counts the clips that pass through, so that no split is in memory as a whole."""

    def __init__(self) -> None:
        self.clips, self.words, self.seconds = 0, 0, 0.0
        self._sha256 = hashlib.sha256()

    @property
    def digest(self) -> str:
        """Hexadecimal SHA-256 of the ids, starts, texts and audio of all clips."""
        return self._sha256.hexdigest()

    def counted(self, clips: Iterable[Clip]) -> Iterator[Clip]:
        """The same clips, counted one by one."""
        for clip in clips:
            self.clips += 1
            self.words += len(clip.text.split())
            self.seconds += clip.seconds
            self._sha256.update(f"{clip.id}\0{clip.start}\0{clip.text}\0".encode())
            self._sha256.update(hashlib.sha256(clip.audio).digest())
            yield clip
