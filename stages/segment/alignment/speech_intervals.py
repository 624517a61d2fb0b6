"""Speech intervals between the pauses at which a recording may be cut, and their windows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.audio.voice_activity import MIN_SPEECH_MS, SpeechInterval, speech_intervals

_PAUSE_MS, _PAD_MS = 160, 30
"""Shortest pause, as between two sentences of one breath, and the detector's padding per side."""
_MAX_SECONDS = 12.0
"""Longer intervals are divided at their quietest points."""
_QUIET_SECONDS = 0.05
"""Length of the frame over which quietness is measured."""

INTERVAL_OPTIONS = {
    "pause_ms": _PAUSE_MS,
    "pad_ms": _PAD_MS,
    "min_speech_ms": MIN_SPEECH_MS,
    "max_seconds": _MAX_SECONDS,
    "quiet_seconds": _QUIET_SECONDS,
}
"""What `utterance_intervals` depends on, besides its arguments."""


def utterance_intervals(samples: Samples, threshold: float) -> list[SpeechInterval]:
    """Speech intervals of at most 12 s: (start, end) in seconds, in order.

    Args:
        samples: 16 kHz mono, shape (samples,).
        threshold: speech probability of a 32 ms frame from which it counts as speech.
    """
    intervals = []
    for start, end in speech_intervals(samples, threshold, _PAUSE_MS, _PAD_MS):
        intervals += _divide(samples, start, end)
    return intervals


def _divide(samples: Samples, start: float, end: float) -> list[SpeechInterval]:
    """Halve at the quietest frame of the middle third, until no interval is over the limit."""
    if end - start <= _MAX_SECONDS:
        return [(start, end)]
    size = round(_QUIET_SECONDS * SAMPLE_RATE)
    first = round((start + (end - start) / 3) * SAMPLE_RATE)
    last = round((end - (end - start) / 3) * SAMPLE_RATE)
    power = np.square(samples[first:last], dtype=np.float64)
    frames = power[: len(power) // size * size].reshape(-1, size).sum(axis=1)
    at = (first + (int(np.argmin(frames)) + 0.5) * size) / SAMPLE_RATE
    return _divide(samples, start, at) + _divide(samples, at, end)


def windows(intervals: Sequence[SpeechInterval], seconds: float) -> list[tuple[int, int]]:
    """Group neighbouring intervals into windows that are decoded together.

    Windows end at long pauses and last at most `seconds`, unless a single interval is longer.

    Returns: (first, last + 1) of each window's intervals, in order.
    """
    grouped: list[tuple[int, int]] = []
    at = 0
    while at < len(intervals):
        end = at + 1
        while end < len(intervals) and intervals[end][1] - intervals[at][0] <= 3 * seconds:
            end += 1
        parts = _split(intervals, at, end, seconds)
        # The last part may continue past the intervals considered here.
        parts = parts[:-1] if end < len(intervals) and len(parts) > 1 else parts
        grouped += parts
        at = parts[-1][1]
    return grouped


def _split(
    intervals: Sequence[SpeechInterval], first: int, end: int, seconds: float
) -> list[tuple[int, int]]:
    """Split at the longest pause, with less weight near either end, while it is too long."""
    if end - first == 1 or intervals[end - 1][1] - intervals[first][0] <= seconds:
        return [(first, end)]

    def worth(at: int) -> float:
        before = intervals[at - 1][1] - intervals[first][0]
        after = intervals[end - 1][1] - intervals[at][0]
        pause = intervals[at][0] - intervals[at - 1][1]
        return pause * min(1.0, 4 * min(before, after) / seconds)

    at = max(range(first + 1, end), key=worth)
    return _split(intervals, first, at, seconds) + _split(intervals, at, end, seconds)
