"""What a model hears in each stretch of speech: faster-whisper, greedy, without a second try."""

from __future__ import annotations

import math
import statistics
from bisect import bisect
from collections.abc import Sequence
from pathlib import Path

from faster_whisper import WhisperModel

from stages.common.align.pauses import middles, utterances, windows
from stages.common.align.placing import Utterance
from stages.common.align.words import form
from stages.common.audio import SAMPLE_RATE, Samples
from stages.common.converted import check_converted
from stages.common.speech import Stretch

_AROUND = 0.15
"""Seconds that are heard before and after a window: models miss what begins at once."""


def open_aligner(folder: Path) -> WhisperModel:
    """The model on one core of the processor: recordings are worked on side by side.

    Raises: Fault if it is no whole CTranslate2 Whisper.
    """
    check_converted(folder)
    return WhisperModel(
        str(folder),
        device="cpu",
        compute_type="default",
        cpu_threads=1,
        num_workers=1,
        local_files_only=True,
    )


def hear(
    model: WhisperModel,
    samples: Samples,
    language: str,
    window_seconds: float,
    vad_threshold: float,
) -> list[Utterance]:
    """Find the stretches of speech in a recording and hear them.

    samples: 16 kHz mono, shape (samples,).
    """
    stretches = utterances(samples, vad_threshold)
    heard = hear_stretches(model, samples, stretches, language, window_seconds)
    return [
        Utterance(start, end, form(text), confidence)
        for (start, end), (text, confidence) in zip(stretches, heard, strict=True)
    ]


def hear_stretches(
    model: WhisperModel,
    samples: Samples,
    stretches: Sequence[Stretch],
    language: str,
    window_seconds: float,
) -> list[tuple[str, float]]:
    """The model's words for each of `stretches`, and their mean probability (0 where it has none).

    Word times, from the model's cross-attention, tell to which stretch of a window a word belongs.
    They cost as much as hearing does, so a window of one stretch goes without.
    """
    heard: list[list[str]] = [[] for _ in stretches]
    chances: list[list[float]] = [[] for _ in stretches]
    for first, end in windows(list(stretches), window_seconds):
        begin = max(0.0, stretches[first][0] - _AROUND)
        window = samples[
            round(begin * SAMPLE_RATE) : round((stretches[end - 1][1] + _AROUND) * SAMPLE_RATE)
        ]
        borders = middles(list(stretches[first:end]))
        segments, _ = model.transcribe(
            window,
            language=language,
            beam_size=1,
            temperature=0.0,
            condition_on_previous_text=False,
            without_timestamps=True,
            word_timestamps=bool(borders),
        )
        for segment in segments:
            if not borders:
                heard[first].append(segment.text)
                chances[first].append(math.exp(segment.avg_logprob))
            for word in segment.words or ():
                at = first + bisect(borders, begin + (word.start + word.end) / 2)
                heard[at].append(word.word)
                chances[at].append(word.probability)
    return [
        ("".join(parts).strip(), statistics.fmean(found) if found else 0.0)
        for parts, found in zip(heard, chances, strict=True)
    ]
