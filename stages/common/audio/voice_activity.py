"""Voice activity detection, by the Silero model that faster-whisper ships."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from stages.common.audio.samples import SAMPLE_RATE, Samples, peak_of

_BLOCK = 300 * SAMPLE_RATE
"""Five minutes: the detector makes several copies of its input."""
_QUIET = 10 ** (-60 / 20)
_LOUD_PEAK = 0.5

MIN_SPEECH_MS = 100

SpeechInterval = tuple[float, float]
"""(start, end) in seconds."""


def speech_intervals(
    samples: Samples, threshold: float, pause_ms: int = 300, pad_ms: int = 100
) -> list[SpeechInterval]:
    """(start, end) of each speech interval in seconds, in order and disjoint.

    Args:
        samples: 16 kHz mono, shape (samples,).
        threshold: speech probability from which a frame of 32 ms is speech.
        pause_ms: shorter pauses do not end an interval.
        pad_ms: padding on both sides of an interval.
    """
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        threshold=threshold,
        min_speech_duration_ms=MIN_SPEECH_MS,
        min_silence_duration_ms=pause_ms,
        speech_pad_ms=pad_ms,
    )
    peak = peak_of(samples)
    # The detector misses speech that was recorded at a very low level.
    gain = np.float32(_LOUD_PEAK / peak if 0 < peak < _LOUD_PEAK else 1.0)
    intervals: list[SpeechInterval] = []
    for first in range(0, len(samples), _BLOCK):
        for speech in get_speech_timestamps(samples[first : first + _BLOCK] * gain, options):
            start, end = ((first + speech[side]) / SAMPLE_RATE for side in ("start", "end"))
            if intervals and start <= intervals[-1][1]:  # continued from the previous piece
                start = intervals.pop()[0]
            intervals.append((start, end))
    return intervals


def is_silent(samples: Samples, speech: Sequence[SpeechInterval]) -> bool:
    """No speech, and no second with an RMS above -60 dBFS."""
    if speech:
        return False
    seconds = (samples[at : at + SAMPLE_RATE] for at in range(0, len(samples), SAMPLE_RATE))
    return max((float(np.mean(np.square(s))) for s in seconds), default=0.0) < _QUIET**2


def covered_seconds(intervals: Iterable[SpeechInterval]) -> float:
    """Seconds covered by the intervals; overlaps count once."""
    covered, reached = 0.0, float("-inf")
    for start, end in sorted(intervals):
        covered += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return covered


def uncovered_seconds(
    speech: Sequence[SpeechInterval], segments: Sequence[SpeechInterval]
) -> float:
    """Seconds of `speech` outside all segments."""
    return covered_seconds([*speech, *segments]) - covered_seconds(segments)
