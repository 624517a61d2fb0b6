"""One row for each full recording of the test split, scored once on long-form decoding."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from faster_whisper.transcribe import Segment, Word

from stages.common.asr.long_form import text_of
from stages.common.core.files import Row
from stages.common.text.word_alignment import align
from stages.common.text.word_confidences import word_confidences


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
                confidences=_confidences(segments, reference, language),
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


def _confidences(
    segments: Sequence[Segment], reference: str, language: str
) -> list[tuple[float, bool]]:
    """See `word_confidences`."""
    by_segment: list[list[Word]] = [segment.words or [] for segment in segments]
    text = " ".join("".join(word.word for word in words).strip() for words in by_segment)
    words = [(word.word, word.probability) for words in by_segment for word in words]
    return word_confidences(words, text, reference, language)


def nearest(time: float, ends: Sequence[float]) -> float:
    """Seconds from `time` to the nearest of `ends`, which are in order."""
    at = bisect(ends, time)
    return min(abs(time - end) for end in ends[max(0, at - 1) : at + 1])
