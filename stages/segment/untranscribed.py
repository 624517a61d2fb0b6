"""Speech without a text to train on, between the segments of a recording.

A window that joins two segments keeps a short pause between them. With speech in it, the model
would learn to leave words out.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from stages.common.audio.voice_activity import SpeechInterval
from stages.segment.cutting import PlannedSegment

_MIN_SECONDS = 0.25
"""Of detected speech, a short word; the detector's borders and those of cues differ by less."""


def after_untranscribed(
    segments: Sequence[PlannedSegment],
    speech: Sequence[SpeechInterval],
    lost: Sequence[SpeechInterval],
) -> list[bool]:
    """For each segment, whether speech without a text lies between it and the segment before it.

    Args:
        segments: by start.
        speech: what the detector found, disjoint.
        lost: times of the cues that are in no segment; start = end where words belong that were not
            found.
    """
    return [False] * bool(segments) + [
        _seconds(speech, a.end, b.start) >= _MIN_SECONDS
        or any(start <= b.start and end >= a.end for start, end in lost)
        for a, b in pairwise(segments)
    ]


def _seconds(speech: Sequence[SpeechInterval], start: float, end: float) -> float:
    return sum(max(0.0, min(end, stop) - max(start, begin)) for begin, stop in speech)
