"""Ogg files with several streams, of which libsndfile reads the first only.

Chained files hold streams one after another: recorders that are paused or restarted write them, and
concatenation makes them. Multiplexed files hold streams that play together.

Source: RFC 3533, section 4 (chaining) and section 6 (pages).
"""

from __future__ import annotations

import io
from typing import Any, BinaryIO

CAPTURE = b"OggS"
_FIRST_PAGE = 2
"""Bit of the header type: the first page of a logical stream."""
_HEADER = 27
"""Bytes before the table of segments, whose length is the last of them."""
_AUDIO = (b"OpusHead", b"\x01vorbis", b"\x7fFLAC", b"Speex   ")
"""Beginnings of the first packet of a stream."""
_SEARCH_BYTES = 65_536


def find_links(file: BinaryIO, size: int) -> list[tuple[int, int]]:
    """(start, end) in bytes of each link; one for a file that is not chained.

    Streams that play together all have their first pages before any other page, so a first page
    after another kind of page starts a link. Bytes between pages are skipped.
    """
    starts, at, heading = [0], 0, True
    while at + _HEADER <= size:
        file.seek(at)
        page = file.read(_HEADER + 255)
        if page[:4] != CAPTURE:
            at = _next_page(file, at, size)
            continue
        first = bool(page[5] & _FIRST_PAGE)
        if first and not heading:
            starts.append(at)
        heading = first
        segments = page[26]
        at += _HEADER + segments + sum(page[_HEADER : _HEADER + segments])
    return list(zip(starts, [*starts[1:], size], strict=True))


def count_audio_streams(file: BinaryIO, size: int) -> int:
    """Audio streams that play together from the start of the file."""
    at, count = 0, 0
    while at + _HEADER <= size:
        file.seek(at)
        page = file.read(2 * (_HEADER + 255))
        if page[:4] != CAPTURE or not page[5] & _FIRST_PAGE:
            break
        content = _HEADER + page[26]
        count += page[content:].startswith(_AUDIO)
        at += content + sum(page[_HEADER:content])
    return count


def _next_page(file: BinaryIO, at: int, size: int) -> int:
    """Where the next page starts after `at`; `size` if there is none."""
    while at < size:
        file.seek(at)
        found = file.read(_SEARCH_BYTES).find(CAPTURE, 1)
        if found > 0:
            return at + found
        at += _SEARCH_BYTES - len(CAPTURE)
    return size


class FileWindow(io.RawIOBase):
    """The bytes from `start` to `end` of an open file, as a file for libsndfile or FFmpeg.

    In a damaged file both seek to before its start; a Python file would raise an error there, and
    they would print it.
    """

    def __init__(self, file: BinaryIO, start: int, end: int) -> None:
        self._file, self._start, self._size = file, start, end - start
        self._at = 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        """`read` of the base class calls it, too."""
        if self._at >= self._size:  # a Python file cannot seek beyond 2^63
            return 0
        self._file.seek(self._start + self._at)
        data = self._file.read(min(len(buffer), self._size - self._at))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True
