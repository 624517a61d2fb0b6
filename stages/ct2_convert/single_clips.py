"""Transcription of single clips with faster-whisper, decoded as transformers decodes them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from faster_whisper import WhisperModel

from stages.common.asr.spans import TEMPERATURE
from stages.common.dataset.features import decode_clip
from stages.common.dataset.split import Clip


def transcribe_single_clips(
    model: WhisperModel, clips: Iterable[Clip], language: str, beam_size: int
) -> Iterator[tuple[Clip, str]]:
    """Each clip with the model's hypothesis, in the clips' order.

    A clip of up to 30 s is one window: without previous text, voice activity filter, or timestamp
    tokens that could end it early.
    """

    def text_of(clip: Clip) -> str:
        segments, _ = model.transcribe(
            decode_clip(clip.audio),
            language=language,
            task="transcribe",
            beam_size=beam_size,
            temperature=TEMPERATURE,
            condition_on_previous_text=False,
            without_timestamps=True,
            vad_filter=False,
        )
        return " ".join(segment.text.strip() for segment in segments).strip()

    remaining, workers = iter(clips), model.model.num_workers
    with ThreadPoolExecutor(workers) as pool:
        # A few clips at a time: `map` of a pool reads all of its input into memory.
        while batch := list(itertools.islice(remaining, 16 * workers)):
            yield from zip(batch, pool.map(text_of, batch), strict=True)
