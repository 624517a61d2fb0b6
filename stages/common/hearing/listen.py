"""Hear clips as production does: through faster-whisper, from the converted model."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ctranslate2
from faster_whisper import WhisperModel
from joblib import cpu_count

from stages.common.dataset.features import decode_clip
from stages.common.dataset.side import Clip
from stages.common.errors import Fault
from stages.common.hearing.spans import TEMPERATURE
from stages.common.models.converted import check_converted

BATCH = 8
"""Windows decoded at once, where they are decoded in batches."""


def open_model(folder: Path, device: str) -> WhisperModel:
    """Load a CTranslate2 Whisper as it was saved. Raises: Fault if the device cannot run it."""
    check_converted(folder)
    chosen = device
    if device == "auto":
        chosen = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
    elif device == "cuda" and not ctranslate2.get_cuda_device_count():
        raise Fault("evaluate.device = 'cuda': CTranslate2 sees no GPU; set it to auto or cpu")
    # One core a clip: cores that share a clip mostly wait for each other.
    return WhisperModel(
        str(folder),
        device=chosen,
        compute_type="default",
        cpu_threads=1,
        num_workers=cpu_count() if chosen == "cpu" else 1,
        local_files_only=True,
    )


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
