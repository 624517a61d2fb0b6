"""Stretches of speech between the pauses in which one may cut, and what is heard at once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.audio.voice_activity import SpeechInterval, speech_intervals

_PAUSE_MS, _PAD_MS = 160, 30
"""A pause as short as between two sentences of one breath, and what the detector adds a side."""
_LONGEST = 12.0
"""Seconds; a longer stretch is searched for shorter pauses."""
_QUIET_SECONDS = 0.05


def utterances(samples: Samples, threshold: float) -> list[SpeechInterval]:
    """Stretches of speech, none over 12 s, in order: (start, end) in seconds.

    Args:
        samples: 16 kHz mono, shape (samples,).
        threshold: probability from which the detector takes 32 ms for speech.
    """
    found = []
    for start, end in speech_intervals(samples, threshold, _PAUSE_MS, _PAD_MS):
        found += _divided(samples, start, end)
    return found


def _divided(samples: Samples, start: float, end: float) -> list[SpeechInterval]:
    """Halved at the quietest place of the middle third, until nothing is over `_LONGEST`."""
    if end - start <= _LONGEST:
        return [(start, end)]
    size = round(_QUIET_SECONDS * SAMPLE_RATE)
    first = round((start + (end - start) / 3) * SAMPLE_RATE)
    last = round((end - (end - start) / 3) * SAMPLE_RATE)
    power = np.square(samples[first:last], dtype=np.float64)
    frames = power[: len(power) // size * size].reshape(-1, size).sum(axis=1)
    at = (first + (int(np.argmin(frames)) + 0.5) * size) / SAMPLE_RATE
    return _divided(samples, start, at) + _divided(samples, at, end)


def windows(stretches: list[SpeechInterval], seconds: float) -> list[tuple[int, int]]:
    """Neighbouring stretches to be heard together: (first, last + 1) of each window, in order.

    A window lasts at most `seconds`, unless a single stretch does not; it ends at long pauses.
    """
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(stretches):
        end = at + 1
        while end < len(stretches) and stretches[end][1] - stretches[at][0] <= 3 * seconds:
            end += 1
        parts = _parted(stretches, at, end, seconds)
        # The last part may go on behind what was looked at.
        parts = parts[:-1] if end < len(stretches) and len(parts) > 1 else parts
        found += parts
        at = parts[-1][1]
    return found


def _parted(
    stretches: list[SpeechInterval], first: int, end: int, seconds: float
) -> list[tuple[int, int]]:
    """Parted at the longest pause, those near either end counting less, while it is too long."""
    if end - first == 1 or stretches[end - 1][1] - stretches[first][0] <= seconds:
        return [(first, end)]

    def worth(at: int) -> float:
        before = stretches[at - 1][1] - stretches[first][0]
        after = stretches[end - 1][1] - stretches[at][0]
        pause = stretches[at][0] - stretches[at - 1][1]
        return pause * min(1.0, 4 * min(before, after) / seconds)

    at = max(range(first + 1, end), key=worth)
    return _parted(stretches, first, at, seconds) + _parted(stretches, at, end, seconds)


def middles(stretches: list[SpeechInterval]) -> list[float]:
    """The middle of each pause between two stretches, in seconds."""
    return [(a[1] + b[0]) / 2 for a, b in pairwise(stretches)]
