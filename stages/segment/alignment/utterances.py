"""What the aligner decodes in each speech interval: raw, and normalized for matching."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from stages.segment.alignment.transcript_words import to_letters


@dataclass(frozen=True)
class DecodedText:
    """A word as the model wrote it or, where an interval was decoded alone, all of its text."""

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

    @property
    def confidence(self) -> float:
        """Mean probability of the parts, 0 to 1; 0 without any."""
        return statistics.fmean(part.probability for part in self.parts) if self.parts else 0.0


@dataclass(frozen=True)
class Utterance:
    """A speech interval with its hypothesis in the form that is compared with the transcript."""

    start: float
    """Seconds from the start of the recording."""
    end: float
    letters: str
    """Normalized, without spaces: see `to_letters`."""
    confidence: float
    """Mean probability of the hypothesis, 0 to 1."""


def normalized(hypotheses: Iterable[IntervalHypothesis]) -> list[Utterance]:
    """The hypotheses in the form that is compared with the transcript."""
    return [Utterance(h.start, h.end, to_letters(h.text), h.confidence) for h in hypotheses]
