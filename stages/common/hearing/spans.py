"""Spans of one sound, each encoded once, through faster-whisper's batched pipeline."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence

import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.transcribe import Segment

# Without a second try at higher temperatures, which draws at random, two runs agree.
TEMPERATURE = 0.0


def hear_spans(
    model: WhisperModel,
    samples: np.ndarray,
    spans: Sequence[tuple[float, float]],
    language: str,
    *,
    beam_size: int,
    batch_size: int,
    word_times: bool = False,
) -> Iterator[tuple[int, Segment]]:
    """What the model writes for each of `spans`, with its place among them; in their order.

    `WhisperModel.transcribe` goes on behind the last word that it wrote: with word times it would
    encode the rest of every span again.

    Args:
        samples: float32 at 16 kHz, shape (samples,).
        spans: start and end in seconds, in order, at most 30 s each; starts 10 ms or more apart.
        batch_size: spans decoded at once.
    """
    found, _ = BatchedInferencePipeline(model).transcribe(
        samples,
        language=language,
        beam_size=beam_size,
        temperature=TEMPERATURE,
        without_timestamps=True,
        word_timestamps=word_times,
        clip_timestamps=[{"start": start, "end": end} for start, end in spans],
        batch_size=batch_size,
    )
    starts = [start for start, _ in spans]
    for segment in found:
        # `seek` is in frames of 10 ms, rounded down.
        yield bisect(starts, (segment.seek + 1) / 100) - 1, segment
