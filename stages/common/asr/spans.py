"""Decode given spans of a recording, each encoded once, through faster-whisper's batches."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.transcribe import Segment

from stages.common.audio.samples import SAMPLE_RATE

# No fallback to higher temperatures: it samples at random, and two runs would differ.
TEMPERATURE = 0.0
DECODING: dict[str, Any] = {
    "temperature": TEMPERATURE,
    "without_timestamps": True,
    # By default the end token is masked at the first step. The remaining probabilities are
    # renormalized, so a word seems likely even where the model predicts the end.
    "suppress_blank": False,
}
"""faster-whisper's options wherever a model is scored or aligns."""
NO_SPEECH_THRESHOLDS = {"no_speech_threshold": 0.6, "log_prob_threshold": -1.0}
"""The defaults of faster-whisper and openai-whisper."""

_FRAMES_PER_SECOND = 100
_MIN_START_GAP = 0.03
"""Seconds between two starts."""
_MAX_SEEK_ERROR = 1.5
"""Frames. `Segment.seek` is up to a frame and a sample off, in either direction: less than half of
`_MIN_START_GAP`."""


def transcribe_spans(
    model: WhisperModel,
    samples: np.ndarray,
    spans: Sequence[tuple[float, float]],
    language: str,
    *,
    beam_size: int,
    batch_size: int,
    hotwords: str | None = None,
    word_times: bool = False,
) -> Iterator[tuple[int, Segment]]:
    """Decode each span by itself.

    `WhisperModel.transcribe` seeks to the end of the last decoded word: with word times it would
    encode the rest of every span again.

    Args:
        samples: float32 at 16 kHz, shape (samples,).
        spans: start and end in seconds, in order, at most 30 s each; starts at least 30 ms apart.
        batch_size: spans per decoder call.
        hotwords: text before each span, see `Decoding.hotwords_text`.
        word_times: word timestamps from the cross-attention.

    Yields: the index of a span and a segment of its hypothesis, in the order of the spans. A span
        may have no segment, or several.

    Raises: ValueError if two starts are less than 30 ms apart.
    """
    if not spans:
        return
    starts = np.array([start for start, _ in spans])
    if len(starts) > 1 and np.diff(starts).min() < _MIN_START_GAP - 1e-9:
        raise ValueError("starts of spans are less than 30 ms apart")
    # faster-whisper fails where spans that overlap are longer together than the recording.
    total = sum(end - start for start, end in spans)
    # A sample more for each, as faster-whisper rounds them one by one.
    missing = math.ceil(total * SAMPLE_RATE) + len(spans) - len(samples)
    segments, _ = BatchedInferencePipeline(model).transcribe(
        np.pad(samples, (0, max(0, missing))),
        language=language,
        beam_size=beam_size,
        **DECODING,
        hotwords=hotwords,
        word_timestamps=word_times,
        clip_timestamps=[{"start": start, "end": end} for start, end in spans],
        batch_size=batch_size,
    )
    for segment in with_speech(segments):
        yield span_index(starts, segment.seek), segment


def with_speech(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Drop the segments of windows that the model classifies as non-speech and whose words have a
    low probability.

    `WhisperModel.transcribe` drops these, `BatchedInferencePipeline` keeps them. CTranslate2's beam
    search never returns an empty hypothesis: it divides the score by the length.
    Source: openai-whisper, transcribe.py.
    """
    for segment in segments:
        silent = segment.no_speech_prob > NO_SPEECH_THRESHOLDS["no_speech_threshold"]
        if not silent or segment.avg_logprob > NO_SPEECH_THRESHOLDS["log_prob_threshold"]:
            yield segment


def span_index(starts: np.ndarray, seek: int) -> int:
    """The index of the span with the start nearest to `seek`.

    faster-whisper identifies a span by `int(offset * 100)`. 141.2 * 100 is 14119.999..., so `seek`
    may be a frame below the start, and with another rounding a frame above it.

    Args:
        starts: seconds, shape (spans,), in order, at least 30 ms apart.
        seek: `Segment.seek`, in frames of 10 ms.

    Raises: RuntimeError if no span starts there.
    """
    frames = starts * _FRAMES_PER_SECOND
    after = int(np.searchsorted(frames, seek))
    candidates = [index for index in (after - 1, after) if 0 <= index < len(frames)]
    nearest = min(candidates, key=lambda index: abs(frames[index] - seek))
    if abs(frames[nearest] - seek) > _MAX_SEEK_ERROR:
        raise RuntimeError(f"faster-whisper returned seek {seek}, which is no span's start")
    return nearest
