"""Whole recordings through the model, as a service hears them: what is lost between windows, and
whether its times are right."""

from __future__ import annotations

from bisect import bisect
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel

from stages.common.listen import TEMPERATURE
from stages.common.score import score
from stages.common.whole import read_recordings, samples_of


def score_recordings(
    model: WhisperModel, folder: Path, language: str, beam_size: int
) -> dict[str, Any]:
    """`wer_long_form`, and `timestamp_error`: the median of the seconds between the end of what the
    model puts out as a segment and the nearest end of a segment's words in the transcript."""
    by_name = read_recordings(folder)
    names = sorted(by_name)

    def hear(name: str) -> list[tuple[float, str]]:
        found, _ = model.transcribe(
            samples_of(folder, name),
            language=language,
            beam_size=beam_size,
            temperature=TEMPERATURE,
            condition_on_previous_text=False,
            vad_filter=True,
        )
        return [(segment.end, segment.text) for segment in found]

    with ThreadPoolExecutor(model.model.num_workers) as pool:
        heard = dict(zip(names, pool.map(hear, names), strict=True))
    errors = [
        _nearest(end, [row["end"] for row in by_name[name]])
        for name in names
        for end, _ in heard[name]
    ]
    result = score(
        [" ".join(row["text"] for row in by_name[name]) for name in names],
        [" ".join(text.strip() for _, text in heard[name]) for name in names],
    )
    return {
        "wer_long_form": result.wer,
        "timestamp_error": float(np.median(errors)) if errors else None,
    }


def _nearest(place: float, ends: list[float]) -> float:
    """Seconds to the nearest of `ends`, which are in order."""
    at = bisect(ends, place)
    return min(abs(place - end) for end in ends[max(0, at - 1) : at + 1])
