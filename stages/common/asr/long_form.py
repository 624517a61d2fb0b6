"""Long-form decoding of full recordings, as in production.

faster-whisper's voice activity detection cuts the speech of a recording into windows, which are
decoded in batches. Times are those of the words, from the model's cross-attention.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.transcribe import Segment

from stages.common.asr.model import BATCH
from stages.common.asr.spans import DECODING, with_speech
from stages.common.core.params import Evaluate
from stages.common.dataset.full_recordings import read_recordings, samples_of


def transcribe_recordings(
    model: WhisperModel, folder: Path, language: str, evaluate: Evaluate
) -> dict[str, list[Segment]]:
    """The hypothesis of each recording in a folder of `save_recordings`, by recording id."""
    names = sorted(read_recordings(folder))

    def transcribe(name: str) -> list[Segment]:
        return transcribe_long_form(model, samples_of(folder, name), language, evaluate)

    with ThreadPoolExecutor(model.model.num_workers) as pool:
        return dict(zip(names, pool.map(transcribe, names), strict=True))


def transcribe_long_form(
    model: WhisperModel, samples: np.ndarray, language: str, evaluate: Evaluate
) -> list[Segment]:
    """The hypothesis of one recording.

    Args:
        samples: float32 at 16 kHz, shape (samples,), of any length.
    """
    return list(long_form_segments(model, samples, language, evaluate))


def long_form_segments(
    model: WhisperModel,
    samples: np.ndarray,
    language: str,
    evaluate: Evaluate,
    *,
    batch_size: int = BATCH,
    prompt: str | None = None,
    turn: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Iterator[Segment]:
    """`transcribe_long_form`, decoded as the segments are taken. Voice activity is detected, and
    features are computed, before this returns.

    Args:
        batch_size: windows per decoder call; the hypotheses do not depend on it.
        prompt: text before each window.
        turn: each decoder call happens within a new one; it may raise an exception.
    """
    segments, _ = _InTurns(model, turn).transcribe(
        samples,
        language=language,
        beam_size=evaluate.beam_size,
        chunk_length=evaluate.window_seconds,
        **DECODING,
        initial_prompt=prompt,
        word_timestamps=True,
        batch_size=batch_size,
    )
    return with_speech(segments)


class _InTurns(BatchedInferencePipeline):  # type: ignore[misc]
    """Calls encoder, decoder and word alignment within a turn."""

    def __init__(
        self, model: WhisperModel, turn: Callable[[], AbstractContextManager[object]]
    ) -> None:
        super().__init__(model)
        self._turn = turn

    def forward(self, *batch: Any) -> Any:
        with self._turn():
            return super().forward(*batch)


def text_of(segments: Iterable[Segment]) -> str:
    """The segments' text, joined by spaces, before normalization."""
    return " ".join(segment.text.strip() for segment in segments)
