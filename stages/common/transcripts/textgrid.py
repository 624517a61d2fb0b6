"""Praat's TextGrid, long and short form: tiers of intervals, often one tier a speaker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeVar

from stages.common.core.reasons import RecordingRejected
from stages.common.transcripts.cue import Cue

_T = TypeVar("_T")
_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")
      | ![^\n]*                                             # a comment
      | (?P<flag><(?:exists|absent)>)
      | (?<!\S)(?P<number>[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)(?!\S)""",
    re.VERBOSE,
)


def parse(text: str) -> tuple[list[Cue], int]:
    """The intervals that hold text, by time, and the number of point tiers, which are left out.

    Praat reads both forms alike: texts in quotes, flags and numbers that stand alone count, all
    else (`xmin =`, `intervals [1]:`) is there for people. An interval without text is a pause.

    Raises: RecordingRejected(transcript_unreadable).
    """
    try:
        tiers, points = _tiers(_tokens(text))
    except (StopIteration, RuntimeError, TypeError, ValueError, OverflowError):
        raise RecordingRejected("transcript_unreadable") from None
    cues = [
        Cue(start, end, said, name if len(tiers) > 1 else "")
        for name, intervals in tiers
        for start, end, said in intervals
        if said.strip()
    ]
    return sorted(cues, key=lambda cue: (cue.start, cue.end, cue.speaker, cue.text)), points


def _tokens(text: str) -> Iterator[str | float | bool]:
    for found in _TOKEN.finditer(text):
        if found["text"] is not None:
            yield found["text"][1:-1].replace('""', '"')
        elif found["flag"] is not None:
            yield found["flag"] == "<exists>"
        elif found["number"] is not None:
            yield float(found["number"])


def _tiers(
    tokens: Iterator[str | float | bool],
) -> tuple[list[tuple[str, list[tuple[float, float, str]]]], int]:
    """(name, intervals) of each tier of intervals, and how many tiers of points there are."""

    def word() -> str:
        return _of(str, next(tokens))

    def number() -> float:
        return _of(float, next(tokens))

    if not word().startswith("ooTextFile") or word() != "TextGrid":
        raise ValueError("not a TextGrid")
    number(), number()
    tiers, points = [], 0
    if next(tokens) is not True:
        return [], 0
    for _ in range(int(number())):
        kind, name = word(), word()
        number(), number()
        size = int(number())
        if kind == "IntervalTier":
            tiers.append((name.strip(), [(number(), number(), word()) for _ in range(size)]))
        elif kind == "TextTier":
            points += 1
            for _ in range(size):
                number(), word()
        else:
            raise ValueError("neither intervals nor points")
    return tiers, points


def _of(kind: type[_T], token: object) -> _T:
    if not isinstance(token, kind):
        raise TypeError("another kind of token")
    return token
