"""Full recordings: the WER of long-form decoding, and how far its times are off."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from faster_whisper.transcribe import Segment

from stages.common.asr.long_form import text_of
from stages.common.core.files import Row
from stages.common.text.wer import score


def score_recordings(
    heard: Mapping[str, Sequence[Segment]], by_name: Mapping[str, Sequence[Row]]
) -> dict[str, Any]:
    """`wer_long_form`, and `timestamp_error`: the median of the seconds between the end of what the
    model puts out as a segment and the nearest end of a segment's words in the transcript.

    Args:
        heard: what `hear_recordings` returned.
        by_name: see `whole.read_recordings`.
    """
    errors = [
        nearest(segment.end, [row["end"] for row in by_name[name]])
        for name, segments in heard.items()
        for segment in segments
    ]
    result = score(
        [" ".join(row["text"] for row in by_name[name]) for name in heard],
        [text_of(segments) for segments in heard.values()],
    )
    return {
        "wer_long_form": result.wer,
        "timestamp_error": float(np.median(errors)) if errors else None,
    }


def nearest(place: float, ends: list[float]) -> float:
    """Seconds to the nearest of `ends`, which are in order."""
    at = bisect(ends, place)
    return min(abs(place - end) for end in ends[max(0, at - 1) : at + 1])
