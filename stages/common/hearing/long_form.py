"""Whole recordings through the model, as a service hears them: what is lost between windows, and
whether its times are right.

faster-whisper's own voice activity filter joins what is spoken into windows, which are decoded in
batches. Times are those of the words, from the model's cross-attention.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.transcribe import Segment

from stages.common.dataset.whole import read_recordings, samples_of
from stages.common.files import Row
from stages.common.hearing.listen import BATCH
from stages.common.hearing.spans import TEMPERATURE
from stages.common.params import Evaluate
from stages.common.scoring.score import score


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


def hear_recordings(
    model: WhisperModel, folder: Path, language: str, evaluate: Evaluate
) -> dict[str, list[Segment]]:
    """What the model puts out for each recording that `whole.save_recordings` wrote, by id."""
    names = sorted(read_recordings(folder))

    def hear(name: str) -> list[Segment]:
        return hear_long(model, samples_of(folder, name), language, evaluate)

    with ThreadPoolExecutor(model.model.num_workers) as pool:
        return dict(zip(names, pool.map(hear, names), strict=True))


def hear_long(
    model: WhisperModel, samples: np.ndarray, language: str, evaluate: Evaluate
) -> list[Segment]:
    """What the model puts out for a sound of any length; samples: float32 at 16 kHz."""
    found, _ = BatchedInferencePipeline(model).transcribe(
        samples,
        language=language,
        beam_size=evaluate.beam_size,
        temperature=TEMPERATURE,
        chunk_length=evaluate.window_seconds,
        without_timestamps=True,
        word_timestamps=True,
        batch_size=BATCH,
    )
    return list(found)


def text_of(segments: Iterable[Segment]) -> str:
    """All that was heard, as the model wrote it."""
    return " ".join(segment.text.strip() for segment in segments)


def nearest(place: float, ends: list[float]) -> float:
    """Seconds to the nearest of `ends`, which are in order."""
    at = bisect(ends, place)
    return min(abs(place - end) for end in ends[max(0, at - 1) : at + 1])
