"""The result of every reader: a transcript of cues, each with text, times and speaker."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Cue:
    """One utterance."""

    start: float
    """Seconds from the recording's start; NaN where the transcript's time is not readable."""
    end: float
    text: str
    speaker: str = ""
    """A role, a name, or "" if the transcript has none."""
    score: float | None = None
    """Agreement of the text with the aligner's hypothesis, 0 to 1; None before alignment."""
    confidence: float | None = None
    """Mean probability of the aligner's words, 0 to 1; None before alignment."""


@dataclass(frozen=True)
class Transcript:
    cues: list[Cue]
    """In the transcript's order."""
    timed: bool
    """False for plain text: a cue for each turn, in order. Its start and end are both the time that
    the text states at the turn, 0 without one: too coarse to cut at."""
    notices: tuple[str, ...] = ()
    """Keys of `rejections.NOTICE`."""
    marks: Counter[str] = field(default_factory=Counter)
    """Number of marks by kind, see marks.py."""
    reviewed: bool = False
    """The file says that a person has compared text and times with the audio, see reviewed.py."""


def one_line(text: str) -> str:
    """Each run of white space as one space, none at the ends."""
    return " ".join(text.split())
