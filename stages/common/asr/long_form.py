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

from stages.common.asr.decoding import Decoding
from stages.common.asr.model import BATCH
from stages.common.asr.spans import DECODING, with_speech
from stages.common.audio.level import levelled
from stages.common.dataset.full_recordings import read_recordings, samples_of


def transcribe_recordings(
    model: WhisperModel, folder: Path, decoding: Decoding
) -> dict[str, list[Segment]]:
    """The hypothesis of each recording in a folder of `save_recordings`, by recording id."""
    names = sorted(read_recordings(folder))

    def transcribe(name: str) -> list[Segment]:
        return transcribe_long_form(model, samples_of(folder, name), decoding)

    with ThreadPoolExecutor(model.model.num_workers) as pool:
        return dict(zip(names, pool.map(transcribe, names), strict=True))


def transcribe_long_form(
    model: WhisperModel, samples: np.ndarray, decoding: Decoding
) -> list[Segment]:
    """The hypothesis of one recording.

    Args:
        samples: float32 at 16 kHz, shape (samples,), of any length and level.
    """
    return list(long_form_segments(model, samples, decoding))


def long_form_segments(
    model: WhisperModel,
    samples: np.ndarray,
    decoding: Decoding,
    *,
    batch_size: int = BATCH,
    prompt: str | None = None,
    turn: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Iterator[Segment]:
    """`transcribe_long_form`, decoded as the segments are taken. Voice activity is detected, and
    features are computed, before this returns.

    Args:
        batch_size: windows per decoder call; it changes results by rounding alone.
        prompt: text before each window, after the hotwords; the last 223 tokens of both count.
        turn: each decoder call happens within a new one; it may raise an exception.
    """
    # faster-whisper allows hotwords and prompt half of the sequence each, which together leave no
    # room for the hypothesis.
    together = " ".join(filter(None, [decoding.hotwords_text, prompt]))
    context = {"initial_prompt": together} if prompt else {"hotwords": decoding.hotwords_text}
    segments, _ = _InTurns(model, turn).transcribe(
        levelled(samples, decoding.level_dbfs),
        language=decoding.language,
        beam_size=decoding.beam_size,
        chunk_length=decoding.window_seconds,
        **DECODING,
        **context,
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
