"""Windowed decoding: neighbouring clips joined into windows, decoded in batches, split by clip.

Whisper's encoder always computes 30 s, so a window of eight clips costs the same as one clip. The
hypothesis of a window is split between its clips by aligning its words with the references.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

import numpy as np
from faster_whisper import WhisperModel

from stages.common.asr.decoding import Decoding
from stages.common.asr.model import BATCH
from stages.common.asr.spans import transcribe_spans
from stages.common.audio.samples import SAMPLE_RATE
from stages.common.dataset.features import decode_clip
from stages.common.dataset.split_storage import Clip, join_clips
from stages.common.text.split_hypothesis import split_hypothesis

T = TypeVar("T")
_MIN_SAMPLES = SAMPLE_RATE // 10
"""Shorter sounds are padded with silence."""


def transcribe_clips(
    model: WhisperModel, clips: Iterable[Clip], decoding: Decoding
) -> Iterator[tuple[Clip, str]]:
    """Transcribe clips in windows.

    Yields: each clip with its part of the hypothesis in scoring form, in the order of the clips.
    """
    for window, text in transcribe_windows(model, clips, decoding):
        references = [clip.text for clip in window]
        parts = split_hypothesis(references, text, decoding.language)
        yield from zip(window, parts, strict=True)


def transcribe_windows(
    model: WhisperModel, clips: Iterable[Clip], decoding: Decoding
) -> Iterator[tuple[list[Clip], str]]:
    """Transcribe windows of neighbouring clips.

    Yields: the clips of each window with its hypothesis as decoded, in the order of the clips.
    """
    windows = join_clips(clips, decoding.window_seconds)
    return transcribe_in_batches(model, windows, samples_of, decoding)


def samples_of(window: Sequence[Clip]) -> np.ndarray:
    """The clips of a window, one after the other: float32 at 16 kHz, shape (samples,)."""
    return np.concatenate([decode_clip(clip.audio) for clip in window])


def transcribe_in_batches(
    model: WhisperModel,
    items: Iterable[T],
    samples_of: Callable[[T], np.ndarray],
    decoding: Decoding,
) -> Iterator[tuple[T, str]]:
    """Transcribe items in batches, on all of the model's workers.

    Args:
        samples_of: the audio of an item, see `transcribe_audio`; called in the worker's thread.

    Yields: each item with its hypothesis as decoded, in order.
    """
    rest, workers = iter(items), model.model.num_workers

    def transcribe(batch: list[T]) -> list[str]:
        return transcribe_audio(model, [samples_of(item) for item in batch], decoding)

    with ThreadPoolExecutor(workers) as pool:
        # A batch per worker at a time: a pool would hold the audio of all items in memory.
        while taken := list(islice(rest, BATCH * workers)):
            # Batches of equal size, so that no worker waits for another.
            size = -(-len(taken) // workers)
            batches = [taken[start : start + size] for start in range(0, len(taken), size)]
            for batch, texts in zip(batches, pool.map(transcribe, batches), strict=True):
                yield from zip(batch, texts, strict=True)


def transcribe_audio(
    model: WhisperModel, sounds: Sequence[np.ndarray], decoding: Decoding
) -> list[str]:
    """Transcribe sounds, `BATCH` of them per decoder call.

    Args:
        sounds: float32 at 16 kHz, each of shape (samples,) and at most 30 s.

    Returns: the hypothesis of each sound as decoded; empty if the model emits no text.
    """
    # Spans are identified by their starts, which must not be too close to each other.
    sounds = [np.pad(sound, (0, max(0, _MIN_SAMPLES - len(sound)))) for sound in sounds]
    ends = np.cumsum([len(sound) for sound in sounds])
    starts = [0, *ends[:-1].tolist()]
    # Half a sample more, so that the conversion to seconds and back gives the same sample.
    spans = [
        ((start + 0.5) / SAMPLE_RATE, (end + 0.5) / SAMPLE_RATE)
        for start, end in zip(starts, ends.tolist(), strict=True)
    ]
    texts: list[list[str]] = [[] for _ in sounds]
    for index, segment in transcribe_spans(
        model,
        np.concatenate(sounds),
        spans,
        decoding.language,
        beam_size=decoding.beam_size,
        batch_size=BATCH,
        hotwords=decoding.hotwords_text,
    ):
        texts[index].append(segment.text.strip())
    return [" ".join(parts).strip() for parts in texts]
