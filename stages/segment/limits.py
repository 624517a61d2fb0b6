"""Limits of time and memory per recording, by the size of its files, then by its length.

They are about ten times what an old machine needs; stages/common/core/watchdog.py enforces them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from stages.common.core.work_limits import allow, allow_more

_READING_MB = 2400.0
"""Memory for reading: the samples of the longest recording take 0.9 GB, as much again if each
speaker has a stream, and the libraries 0.4 GB."""
_READING_SECONDS = 8.0
_SECONDS_PER_MB = 0.5
"""CPU seconds per megabyte of audio, for the pages and indexes of its container."""
_TEXT_SECONDS_PER_MB = 2.0
_DECODING, _DETECTION = 0.2, 0.1
"""CPU seconds for each second of audio."""
_STEP = 10.0
"""Seconds of audio between two messages to the process that watches."""
_ALIGNMENT_SECONDS = 900.0
"""CPU seconds for one window of the largest model, or for the search after all of them."""
_CHARACTERS, _CHARACTERS_PER_SECOND = 5_000, 100
"""Speech has about 15 characters in a second."""
_NOTATION, _NOTATION_PER_SECOND = 200_000, 10_000


def allow_decoding(path: Path) -> None:
    allow(_READING_SECONDS + _SECONDS_PER_MB * _megabytes([path]), _READING_MB)


class DecodingProgress:
    """The `check` of `decode`: allows more time as more audio is decoded."""

    def __init__(self) -> None:
        self._known = 0.0

    def __call__(self, seconds: float) -> None:
        if seconds < self._known:  # it is read a second time
            self._known = 0.0
        if seconds - self._known >= _STEP:
            allow_more(_DECODING * (seconds - self._known))
            self._known = seconds


def allow_detection(seconds: float) -> None:
    """Limits for detecting speech in so many seconds of audio."""
    allow(_READING_SECONDS + _DETECTION * seconds, _READING_MB)


def allow_reading(transcripts: Iterable[Path]) -> None:
    allow(_READING_SECONDS + _TEXT_SECONDS_PER_MB * _megabytes(transcripts), _READING_MB)


def allow_alignment() -> None:
    """Called for each window; memory depends on the model, so it has no limit."""
    allow(_ALIGNMENT_SECONDS)


def max_characters(seconds: float) -> float:
    """Characters beyond which a transcript cannot belong to a recording of that length."""
    return _CHARACTERS + _CHARACTERS_PER_SECOND * seconds


def max_raw_characters(seconds: float) -> float:
    """`max_characters` of a file with its markup: services write up to 600 characters per word."""
    return _NOTATION + _NOTATION_PER_SECOND * seconds


def _megabytes(paths: Iterable[Path]) -> float:
    total = 0
    for path in paths:
        try:
            total += path.stat().st_size
        except OSError:  # its reader reports it
            continue
    return total / 1e6
