"""Transcription of a recording's speech intervals with faster-whisper, greedy, at temperature 0."""

from __future__ import annotations

import math
import statistics
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

from faster_whisper import WhisperModel
from faster_whisper.transcribe import Segment

from stages.common.asr.model import check_converted, damage_as_user_error
from stages.common.asr.spans import DECODING, NO_SPEECH_THRESHOLDS, transcribe_spans
from stages.common.audio.level import levelled
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.audio.voice_activity import SpeechInterval
from stages.segment.alignment.speech_intervals import INTERVAL_OPTIONS, windows
from stages.segment.alignment.transcript_words import to_letters
from stages.segment.limits import allow_alignment

_MODEL_OPTIONS = {"device": "cpu", "compute_type": "default", "cpu_threads": 1, "num_workers": 1}
"""One core for each model, since recordings are transcribed in parallel."""
_LEVEL_DBFS = -22.0
"""The WER rises on quiet recordings, see docs/results.md; a constant, so that another
`normalize.level_dbfs` aligns nothing anew."""
_DECODING_OPTIONS: dict[str, Any] = {"beam_size": 1, "batch_size": 1}
_LANGUAGE_WINDOWS, _LANGUAGE_SECONDS = 3, 3.0
"""Windows on which the language is detected, and the speech that it needs: "mm-hmm" has none."""
_PADDING_SECONDS = 0.15
"""Audio decoded before and after a window: models miss words that begin at once."""
_WINDOWS_IN_MEMORY = 32
"""Windows whose features are in memory together, 1 MB each."""

IntervalRange = tuple[int, int]
"""(first, last + 1) of neighbouring speech intervals."""


@dataclass(frozen=True)
class DecodedText:
    """A decoded word or, for an interval that was decoded alone, its whole text."""

    text: str
    """With the space before it, if there is one."""
    start: float
    """Seconds from the start of the recording."""
    end: float
    probability: float


@dataclass(frozen=True)
class IntervalHypothesis:
    """The model's raw output for one speech interval."""

    start: float
    """Seconds from the start of the recording."""
    end: float
    parts: tuple[DecodedText, ...]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts).strip()

    def letters(self, language: str) -> str:
        """The text in the form that is compared with the transcript: see `to_letters`."""
        return to_letters(self.text, language)

    @property
    def confidence(self) -> float:
        """Mean probability of the parts, 0 to 1; 0 without any."""
        return statistics.fmean(part.probability for part in self.parts) if self.parts else 0.0


def decoding_facts() -> dict[str, Any]:
    """Every constant and package version on which the raw output depends. JSON."""
    return {
        "model": _MODEL_OPTIONS,
        "decoding": _DECODING_OPTIONS | DECODING | NO_SPEECH_THRESHOLDS,
        "level_dbfs": _LEVEL_DBFS,
        "padding_seconds": _PADDING_SECONDS,
        "intervals": INTERVAL_OPTIONS,
        "versions": {
            name: version(name) for name in ("faster-whisper", "ctranslate2", "onnxruntime")
        },
    }


def open_aligner(folder: Path) -> WhisperModel:
    """Load a CTranslate2 Whisper on the CPU. Raises: UserError if one of its files is missing or
    damaged."""
    check_converted(folder)
    with damage_as_user_error(folder):
        return WhisperModel(str(folder), local_files_only=True, **_MODEL_OPTIONS)


def transcribe_intervals(
    model: WhisperModel,
    samples: Samples,
    intervals: Sequence[SpeechInterval],
    language: str,
    window_seconds: float,
    wanted: Callable[[SpeechInterval], bool] = lambda _: True,
) -> list[IntervalHypothesis]:
    """The model's raw output for each interval of the windows with a wanted one, in order.

    It is the same whatever else is wanted: the windows are those of all intervals.

    Intervals are decoded together in windows. Word times, from the model's cross-attention, assign
    each word to an interval. A model may skip an interval, or stop before the end of its window:
    intervals without a word are decoded again, each alone and without word times.

    Args:
        samples: 16 kHz mono, shape (samples,).
        intervals: (start, end) in seconds, in order.
        language: Whisper's code, as "en".
        window_seconds: longest window.
    """
    samples = levelled(samples, _LEVEL_DBFS)
    parts: list[list[DecodedText]] = [[] for _ in intervals]
    together = [
        (first, end)
        for first, end in windows(intervals, window_seconds)
        if any(map(wanted, intervals[first:end]))
    ]
    for (first, end), segment in _decode(model, samples, intervals, together, language, True):
        borders = [(a[1] + b[0]) / 2 for a, b in pairwise(intervals[first:end])]  # of the pauses
        for word in segment.words or ():
            start, stop = float(word.start), float(word.end)
            at = first + bisect(borders, (start + stop) / 2)
            parts[at].append(DecodedText(word.word, start, stop, float(word.probability)))
    decoded = [at for first, end in together for at in range(first, end)]
    alone = [(at, at + 1) for at in decoded if not any(w.text.strip() for w in parts[at])]
    for (at, _), segment in _decode(model, samples, intervals, alone, language, False):
        probability = math.exp(segment.avg_logprob)
        parts[at].append(DecodedText(segment.text, *intervals[at], probability))
    return [IntervalHypothesis(*intervals[at], tuple(parts[at])) for at in decoded]


def language_probabilities(
    model: WhisperModel,
    samples: Samples,
    intervals: Sequence[SpeechInterval],
    window_seconds: float,
) -> dict[str, float]:
    """Mean probability of each language (Whisper's code) over windows spread over the recording.

    Args:
        model: multilingual.

    Returns: empty with too little speech.
    """
    found = windows(intervals, window_seconds)
    enough = sum(end - start for start, end in intervals) >= _LANGUAGE_SECONDS
    if not enough:
        return {}
    samples = levelled(samples, _LEVEL_DBFS)
    step = max(1, len(found) // _LANGUAGE_WINDOWS)
    chosen = found[step // 2 :: step][:_LANGUAGE_WINDOWS]
    total: Counter[str] = Counter()
    for first, end in chosen:
        start, stop = intervals[first][0], intervals[end - 1][1]
        sound = samples[round(start * SAMPLE_RATE) : round(stop * SAMPLE_RATE)]
        total.update(dict(model.detect_language(sound)[2]))
    return {language: total[language] / len(chosen) for language in sorted(total)}


def _decode(
    model: WhisperModel,
    samples: Samples,
    intervals: Sequence[SpeechInterval],
    ranges: Sequence[IntervalRange],
    language: str,
    word_times: bool,
) -> Iterator[tuple[IntervalRange, Segment]]:
    """The segments that the model writes for each range of `intervals`, decoded as one window."""
    for at in range(0, len(ranges), _WINDOWS_IN_MEMORY):
        batch = ranges[at : at + _WINDOWS_IN_MEMORY]
        neighbours = [intervals[first:end] for first, end in batch]
        spans = [
            (max(0.0, group[0][0] - _PADDING_SECONDS), group[-1][1] + _PADDING_SECONDS)
            for group in neighbours
        ]
        segments = transcribe_spans(
            model, samples, spans, language, word_times=word_times, **_DECODING_OPTIONS
        )
        for index, segment in segments:
            allow_alignment()
            yield batch[index], segment
