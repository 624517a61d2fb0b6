"""The transcripts' own error rate, estimated from the aligner's hypothesis.

Among the hypothesis words with a probability of at least 0.95, those that the transcript lacks are
errors of the transcript or of the aligner. The aligner is expected to be wrong in 1 - probability
of the words; the remaining differences are the transcript's errors. With a lower threshold the
estimate depends on the aligner's calibration: on read speech, where it is underconfident, a
threshold of 0.5 gave -1 % for transcripts with 2 % errors. Words in the transcript that nobody said
(insertions) are not counted. docs/results.md compares the estimate with the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from stages.common.core.interval_text import MIN_RECORDINGS
from stages.common.text.word_confidences import word_confidences
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.marks import UNKNOWN
from stages.segment.alignment.transcribe import IntervalHypothesis
from stages.segment.checking.scores import WrittenText

_MIN_PROBABILITY = 0.95
_LEVEL = 0.95


@dataclass(frozen=True)
class ClearWords:
    """Hypothesis words of at least `_MIN_PROBABILITY` within the times of the checked cues."""

    words: int = 0
    different: int = 0
    """Those that the transcript lacks."""
    expected: float = 0.0
    """Errors of the aligner among them, as its probabilities predict: sum of 1 - probability."""

    @property
    def error_rate(self) -> float | None:
        """The transcript's own; below 0 if the aligner is underconfident."""
        return (self.different - self.expected) / self.words if self.words else None


class ErrorRate(NamedTuple):
    """Shares of words; `low` and `high` are the limits of the 95 % confidence interval."""

    value: float
    low: float | None
    high: float | None


def clear_words(
    cues: Sequence[Cue], hypotheses: Sequence[IntervalHypothesis], language: str
) -> ClearWords:
    """Compare the checked cues of a recording, those with a score, with the hypothesis.

    Words at the edge of a cue that was not checked are left out: they may be its words.
    """
    cues = [cue for cue in cues if cue.start < cue.end]
    checked, others = _checked(cues), [cue for cue in cues if not _is_checked(cue)]
    written = WrittenText(hypotheses)
    within = {at for cue in checked for at in written.around(cue)}
    within -= {at for cue in others for at in written.around(cue)}
    parts = [written.parts[at] for at in sorted(within)]
    # An interval that was decoded alone is one part of several words.
    words = [
        (f" {word}", part.probability if len(part.text.split()) == 1 else 0.0)
        for part in parts
        for word in part.text.split()
    ]
    if not words:
        return ClearWords()
    scored = word_confidences(
        words,
        "".join(word for word, _ in words),
        " ".join(cue.text for cue in checked),
        language,
    )
    clear = [pair for pair in scored if pair[0] >= _MIN_PROBABILITY]
    return ClearWords(
        len(clear),
        sum(not correct for _, correct in clear),
        sum(1 - probability for probability, _ in clear),
    )


def _checked(cues: Sequence[Cue]) -> list[Cue]:
    return sorted(filter(_is_checked, cues), key=lambda cue: (cue.start, cue.end))


def _is_checked(cue: Cue) -> bool:
    return cue.score is not None and UNKNOWN not in cue.text


def error_rate(recordings: Sequence[tuple[int, ClearWords]]) -> ErrorRate | None:
    """The error rate of all transcripts, each weighted by its words; None where none was checked.

    The interval is a jackknife over recordings with Student's t; too few recordings have none.

    Args:
        recordings: words of each transcript, and its checked words.
    """
    checked = [(words, clear.error_rate) for words, clear in recordings if words and clear.words]
    if not checked:
        return None
    words, rates = np.array(checked, float).T
    value = float(np.average(rates, weights=words))
    number = len(rates)
    if number < MIN_RECORDINGS:
        return ErrorRate(max(0.0, value), None, None)
    from scipy.special import stdtrit

    without = (words @ rates - words * rates) / (words.sum() - words)
    error = np.sqrt((number - 1) / number * ((without - value) ** 2).sum())
    margin = float(stdtrit(number - 1, (1 + _LEVEL) / 2) * error)
    return ErrorRate(*(max(0.0, limit) for limit in (value, value - margin, value + margin)))
