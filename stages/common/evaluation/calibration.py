"""Calibration: whether a model's confidence in a word is the chance that the word is correct.

faster-whisper gives each word the mean probability of its tokens. If words at 90 % confidence are
correct nine times in ten, a person can be sent to the doubtful words alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from stages.common.evaluation.recording_scores import RecordingScore

_BINS = 10


class Bin(NamedTuple):
    """The words whose confidence lies in one tenth of the range."""

    confidence: float
    """Mean over the words."""
    words: int
    correct: float
    """Share of the words."""


COLUMNS = Bin._fields


def calibration(scores: Iterable[RecordingScore]) -> list[Bin]:
    """The bins that hold words, by rising confidence."""
    words = [word for score in scores for word in score.confidences]
    if not words:
        return []
    confidence, correct = np.array(words).T
    tenth = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    return [
        Bin(float(confidence[inside].mean()), int(inside.sum()), float(correct[inside].mean()))
        for number in range(_BINS)
        if (inside := tenth == number).any()
    ]


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """The expected calibration error (Guo et al. 2017): the mean over words of the distance between
    a bin's confidence and its share of correct words. None without words."""
    total = sum(tenth.words for tenth in bins)
    apart = sum(tenth.words * abs(tenth.confidence - tenth.correct) for tenth in bins)
    return apart / total if total else None
