"""One row for each full recording of the test split, scored once on long-form decoding."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from faster_whisper.transcribe import Segment, Word

from stages.common.asr.long_form import text_of
from stages.common.asr.windowed import split_hypothesis
from stages.common.core.files import Row
from stages.common.text.word_alignment import align


@dataclass(frozen=True)
class RecordingScore:
    recording: str
    reference_words: int
    errors: int
    """Substitutions, deletions and insertions together."""
    timestamp_errors: list[float]
    """Seconds from the end of each segment of the hypothesis to the nearest end of a segment's
    words in the transcript."""
    confidences: list[tuple[float, bool]]
    """Confidence of each word of the hypothesis, and whether the word is correct."""


def score_recordings(
    hypotheses: Mapping[str, Sequence[Segment]],
    transcripts: Mapping[str, Sequence[Row]],
    language: str,
) -> list[RecordingScore]:
    """Align each hypothesis of a full recording with its transcript, in order of `hypotheses`.

    Args:
        hypotheses: see `long_form.transcribe_recordings`.
        transcripts: see `full_recordings.read_recordings`.

    Raises: ValueError if a transcript has no words: its WER is undefined.
    """
    scores = []
    for recording, segments in hypotheses.items():
        reference = " ".join(row["text"] for row in transcripts[recording])
        aligned = align(reference, text_of(segments), language)
        if not aligned.reference:
            raise ValueError(f"recording {recording} has a transcript without words")
        ends = [row["end"] for row in transcripts[recording]]
        scores.append(
            RecordingScore(
                recording=recording,
                reference_words=len(aligned.reference),
                errors=aligned.substitutions + aligned.deletions + aligned.insertions,
                timestamp_errors=[nearest(segment.end, ends) for segment in segments],
                confidences=word_confidences(segments, reference, language),
            )
        )
    return scores


def long_form_metrics(scores: Sequence[RecordingScore]) -> dict[str, Any]:
    """`wer_long_form`, and `timestamp_error`: the median in seconds; None without any segment."""
    errors = [error for score in scores for error in score.timestamp_errors]
    return {
        "wer_long_form": sum(s.errors for s in scores) / sum(s.reference_words for s in scores),
        "timestamp_error": float(np.median(errors)) if errors else None,
    }


def word_confidences(
    segments: Iterable[Segment], reference: str, language: str
) -> list[tuple[float, bool]]:
    """Confidence of each word that the model wrote, and whether it is correct.

    Words are delimited by spaces in the model's output. In scoring form one may be several ("25" is
    "twenty five"), which are correct together or not at all, or none (a dash), which do not count.
    """
    by_segment: list[list[Word]] = [segment.words or [] for segment in segments]
    text = " ".join("".join(word.word for word in words).strip() for words in by_segment)
    words = [word for words in by_segment for word in words]
    correct = align(reference, text, language).correct
    # By alignment, since the form of a word depends on its neighbours: "5 mg", "$5 million".
    forms = split_hypothesis([word.word for word in words], text, language)
    places = pairwise(accumulate((len(form.split()) for form in forms), initial=0))
    return [
        (word.probability, all(correct[start:end]))
        for word, (start, end) in zip(words, places, strict=True)
        if end > start
    ]


def nearest(time: float, ends: Sequence[float]) -> float:
    """Seconds from `time` to the nearest of `ends`, which are in order."""
    at = bisect(ends, time)
    return min(abs(time - end) for end in ends[max(0, at - 1) : at + 1])
