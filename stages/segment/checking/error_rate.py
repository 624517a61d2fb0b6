"""How many words of the transcripts differ from what was said, estimated from the aligner's words.

Of the words that the aligner wrote with a probability of at least 0.95, those that the transcript
does not have at their place are errors of the transcript or of the aligner. A probability says how
often the aligner is right, so that it explains 1 - probability of them; the rest are the
transcript's. With a lower limit the estimate depends on the aligner's calibration: on read speech,
where it is more often right than it believes, transcripts of 2 % errors had -1 % from one half on.
Words that the transcript has and nobody said are not counted.
docs/results.md holds the estimate against the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from stages.common.text.word_confidences import word_confidences
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.marks import UNKNOWN
from stages.segment.alignment.transcribe import IntervalHypothesis
from stages.segment.checking.scores import WrittenText

_MIN_PROBABILITY = 0.95
_LEVEL = 0.95
MIN_RECORDINGS = 2


@dataclass(frozen=True)
class ClearWords:
    """The aligner's words of at least `_MIN_PROBABILITY` in the time of the checked cues."""

    words: int = 0
    different: int = 0
    """Those that the transcript does not have there."""
    expected: float = 0.0
    """Those that the aligner's probabilities let expect, sum of 1 - probability."""

    @property
    def error_rate(self) -> float | None:
        """The transcript's own; below 0 where the aligner is better than it believes."""
        return (self.different - self.expected) / self.words if self.words else None


class ErrorRate(NamedTuple):
    """Shares of words; `low` and `high` are the limits of the 95 % confidence interval."""

    value: float
    low: float | None
    high: float | None


def clear_words(
    cues: Sequence[Cue], hypotheses: Sequence[IntervalHypothesis], language: str
) -> ClearWords:
    """Compare the checked cues of a recording, those with a score, with what the aligner wrote."""
    checked = sorted(
        (cue for cue in cues if cue.score is not None and UNKNOWN not in cue.text),
        key=lambda cue: (cue.start, cue.end),
    )
    written = WrittenText(hypotheses)
    within = sorted({at for cue in checked for at in range(*written.span(cue))})
    parts = [written.parts[at] for at in within]
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


def error_rate(recordings: Sequence[tuple[int, ClearWords]]) -> ErrorRate | None:
    """The error rate of all transcripts, each weighted by its words; None where none was checked.

    The interval is the jackknife's over recordings, with Student's t; without limits for a single
    recording.

    Args:
        recordings: words of the transcript, and what was checked of it.
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
