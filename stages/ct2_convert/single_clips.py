"""Clips one by one through faster-whisper, as transformers decodes them: to compare the two."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from faster_whisper import WhisperModel

from stages.common.asr.spans import TEMPERATURE
from stages.common.dataset.features import decode_clip
from stages.common.dataset.split import Clip


def hear(
    model: WhisperModel, clips: Iterable[Clip], language: str, beam_size: int
) -> Iterator[tuple[Clip, str]]:
    """Each clip with the model's hypothesis for it, in the clips' order.

    A clip is at most 30 s, so it is one window: no previous text, no voice activity filter, no time
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

    rest, workers = iter(clips), model.model.num_workers
    with ThreadPoolExecutor(workers) as pool:
        # A few clips at a time: a pool takes all that it is given into memory.
        while some := list(itertools.islice(rest, 16 * workers)):
            yield from zip(some, pool.map(text_of, some), strict=True)
