"""Clock times in transcripts: the one place where they are matched, parsed and written."""

from __future__ import annotations

import math
import re

TIMESTAMP = r"(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
"""Regular expression of a time beside the words as transcribers type it: `12:31`, `1:02:03.450`."""

ARROW = "-->"
"""Separates start and end of a cue in SubRip and WebVTT."""

_TIMES = re.compile(rf"\s*+(?:\d[\d:;.,\s]*+{ARROW}|\S*\s*+{ARROW}\s*\d+:)")
_CLOCK = re.compile(r"(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d+))?")
_FRAMES = re.compile(r"(\d{1,3}:\d{2}:\d{2})[:;](\d{2})")
_FRAME_RATE = 30
"""Frames per second; at 24 and 25 the error stays below 0.2 s."""
_DECIMAL = re.compile(r"\d{1,9}(?:[.,]\d+)?s?")


def seconds(text: str) -> float:
    """`1:02:03.450`, `1:02:03:12`, `12.5`, `12,5` or `12s` in seconds; NaN for anything else."""
    if _DECIMAL.fullmatch(text):
        return float(text.rstrip("s").replace(",", "."))
    if frames := _FRAMES.fullmatch(text):
        return _clock_seconds(frames[1]) + int(frames[2]) / max(_FRAME_RATE, int(frames[2]) + 1)
    return _clock_seconds(text)


def is_subtitle_times(line: str) -> bool:
    """Whether a line is a cue's times, readable or not: a number before the arrow, or a clock
    behind it."""
    return _TIMES.match(line) is not None


def subtitle_times(line: str) -> tuple[float, float]:
    """Start and end in seconds of a line `00:00:01,000 --> 00:00:02.500`; settings may follow.

    NaN for a time without a fraction of one to three digits, as for anything else that is no time.
    """
    start, _, rest = line.partition(ARROW)
    end, *_ = rest.split() or [""]
    return _clock_seconds(start.strip(), subtitle=True), _clock_seconds(end, subtitle=True)


def webvtt_time(seconds: float) -> str:
    """`01:02:03.450`: hours, minutes, seconds and milliseconds as WebVTT writes them."""
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def _clock_seconds(text: str, subtitle: bool = False) -> float:
    match = _CLOCK.fullmatch(text)
    if not match:
        return math.nan
    hours, minutes, whole, fraction = match.groups()
    if subtitle and not 1 <= len(fraction or "") <= 3:
        return math.nan
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(whole) + float(f"0.{fraction or 0}")
