"""Spans of one sound, each encoded once, through faster-whisper's batched pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.transcribe import Segment

# Without a second try at higher temperatures, which draws at random, two runs agree.
TEMPERATURE = 0.0

_FRAMES_PER_SECOND = 100
_MIN_START_GAP = 0.03
"""Seconds between two starts."""
_MAX_FRAMES_OFF = 1.5
"""`Segment.seek` is up to a frame and a sample off, in either direction: less than half a gap."""


def transcribe_spans(
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
        spans: start and end in seconds, in order, at most 30 s each; starts 30 ms or more apart.
        batch_size: spans decoded at once.

    Raises: ValueError if two starts are closer than 30 ms.
    """
    starts = np.array([start for start, _ in spans])
    if len(starts) > 1 and np.diff(starts).min() < _MIN_START_GAP - 1e-9:
        raise ValueError("starts of spans are less than 30 ms apart")
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
    for segment in found:
        yield span_index(starts, segment.seek), segment


def span_index(starts: np.ndarray, seek: int) -> int:
    """The span that a segment belongs to: the one whose start is nearest to `seek`.

    faster-whisper identifies a span by `int(offset * 100)`, and 141.2 * 100 is 14119.999..., so
    `seek` may be a frame below the start, and with another rounding a frame above it.

    Args:
        starts: seconds, shape (spans,), in order, 30 ms or more apart.
        seek: `Segment.seek`, in frames of 10 ms.

    Raises: RuntimeError if no span starts there.
    """
    frames = starts * _FRAMES_PER_SECOND
    after = int(np.searchsorted(frames, seek))
    near = [at for at in (after - 1, after) if 0 <= at < len(frames)]
    nearest = min(near, key=lambda at: abs(frames[at] - seek))
    if abs(frames[nearest] - seek) > _MAX_FRAMES_OFF:
        raise RuntimeError(f"faster-whisper returned seek {seek}, which is no span's start")
    return nearest
