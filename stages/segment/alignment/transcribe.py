"""What a model hears in each stretch of speech: faster-whisper, greedy, without a second try."""

from __future__ import annotations

import math
import statistics
from bisect import bisect
from collections.abc import Iterator, Sequence
from pathlib import Path

from faster_whisper import WhisperModel
from faster_whisper.transcribe import Segment

from stages.common.asr.model import check_converted
from stages.common.asr.spans import transcribe_spans
from stages.common.audio.samples import Samples
from stages.common.audio.voice_activity import SpeechInterval
from stages.segment.alignment.cue_building import Utterance
from stages.segment.alignment.speech_intervals import middles, utterances, windows
from stages.segment.alignment.transcript_words import form

_AROUND = 0.15
"""Seconds that are heard before and after a window: models miss what begins at once."""
_AT_ONCE = 32
"""Windows whose features are in memory together, 1 MB each."""


def open_aligner(folder: Path) -> WhisperModel:
    """The model on one core of the processor: recordings are worked on side by side.

    Raises: UserError if it is no whole CTranslate2 Whisper.
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
    heard = transcribe_intervals(model, samples, stretches, language, window_seconds)
    return [
        Utterance(start, end, form(text), confidence)
        for (start, end), (text, confidence) in zip(stretches, heard, strict=True)
    ]


def transcribe_intervals(
    model: WhisperModel,
    samples: Samples,
    stretches: Sequence[SpeechInterval],
    language: str,
    window_seconds: float,
) -> list[tuple[str, float]]:
    """The model's words for each of `stretches`, and their mean probability (0 where it has none).

    Word times, from the model's cross-attention, tell to which stretch of a window a word belongs.
    A model may leave out a stretch, or end before its window does: such a stretch is heard alone.
    """
    heard: list[list[tuple[str, float]]] = [[] for _ in stretches]
    several = [
        (first, end) for first, end in windows(list(stretches), window_seconds) if end - first > 1
    ]
    for (first, end), segment in _hear_windows(model, samples, stretches, several, language, True):
        borders = middles(list(stretches[first:end]))
        for word in segment.words or ():
            at = first + bisect(borders, (word.start + word.end) / 2)
            heard[at].append((word.word, word.probability))
    alone = [
        (at, at + 1) for at, parts in enumerate(heard) if not "".join(t for t, _ in parts).strip()
    ]
    for (at, _), segment in _hear_windows(model, samples, stretches, alone, language, False):
        heard[at].append((segment.text, math.exp(segment.avg_logprob)))
    return [
        ("".join(t for t, _ in parts).strip(), statistics.fmean(p for _, p in parts))
        if parts
        else ("", 0.0)
        for parts in heard
    ]


def _hear_windows(
    model: WhisperModel,
    samples: Samples,
    stretches: Sequence[SpeechInterval],
    parts: Sequence[tuple[int, int]],
    language: str,
    word_times: bool,
) -> Iterator[tuple[tuple[int, int], Segment]]:
    """What the model writes for each of `parts`, each (first, last + 1) of `stretches`."""
    for at in range(0, len(parts), _AT_ONCE):
        some = parts[at : at + _AT_ONCE]
        spans = [
            (max(0.0, stretches[first][0] - _AROUND), stretches[end - 1][1] + _AROUND)
            for first, end in some
        ]
        found = transcribe_spans(
            model, samples, spans, language, beam_size=1, batch_size=1, word_times=word_times
        )
        for place, segment in found:
            yield some[place], segment
