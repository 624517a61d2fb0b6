"""A cue: what was said from when to when, and by whom where the transcript tells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

_ROLES = {"therapist", "client", "patient", "counsellor", "counselor", "clinician", "doctor"}
"""Labels that count in small letters too; other words so written may well begin a sentence."""
_LABEL = re.compile(
    r"""\s*(?:-\s*)?                      # a dash opens a turn in many subtitles
        [\[(]?                            # [SPEAKER_00]: as whisperX writes it
        (?P<name>[^\W\d_][\w.'\u2019-]*(?:[ ]\w[\w.'\u2019-]*){0,2})
        [\])]?\s?:(?=\s|$)\s*""",  # never the colon of 10:30
    re.VERBOSE,
)
_LONGEST_LABEL = 40


@dataclass(frozen=True)
class Cue:
    start: float
    """Seconds from the recording's start; NaN where the transcript's time is not readable."""
    end: float
    text: str
    speaker: str = ""
    score: float | None = None
    """How far the text agrees with what a model heard, 0 to 1; None where nothing was heard."""
    confidence: float | None = None
    """How sure the model was of what it heard, 0 to 1."""


@dataclass(frozen=True)
class Transcript:
    cues: list[Cue]
    """In the transcript's order."""
    timed: bool
    """Plain text has a cue for each turn, in order, and no times."""
    notices: tuple[str, ...] = ()
    """Keys of `reasons.NOTICE`."""
    marks: Counter[str] = field(default_factory=Counter)
    """Marks found, by kind: see marks.py."""


def one_line(text: str) -> str:
    """Each run of white space as one space, none at the ends."""
    return " ".join(text.split())


def split_label(text: str) -> tuple[str, str]:
    """(speaker, rest) of a text that begins with a short label, `Therapist: ...`, else ("", text).

    A label has up to three words, begins with a letter (a capital, unless it is a common role)
    and ends in a colon that white space follows.
    """
    found = _LABEL.match(text)
    if not found:
        return "", text
    name = found["name"]
    if len(name) > _LONGEST_LABEL or (name[0].islower() and name.lower() not in _ROLES):
        return "", text
    return name, text[found.end() :]


def without_labels(cue: Cue) -> Cue:
    """The cue with each line's label taken out and its text on one line.

    The speaker is the one that all labels name; where several speak in one cue it stays empty.
    """
    speakers, lines = [cue.speaker] if cue.speaker else [], []
    for line in cue.text.splitlines():
        speaker, rest = split_label(line)
        speakers += [speaker] if speaker else []
        lines.append(rest)
    return replace(cue, text=one_line(" ".join(lines)), speaker=common_speaker(speakers))


def common_speaker(speakers: Iterable[str]) -> str:
    """The one name among `speakers`, or "" where they are several or none."""
    names = set(speakers)
    return names.pop() if len(names) == 1 else ""
