"""Praat's TextGrid (.TextGrid), long and short form: tiers of intervals, often one per speaker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeVar

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.tier_names import has_speech, interval_text, speaker_of

_T = TypeVar("_T")
_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")
      | ![^\n]*                                             # a comment
      | (?P<flag><(?:exists|absent)>)
      | (?<!\S)(?P<number>[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)(?!\S)""",
    re.VERBOSE,
)


def parse(text: str) -> tuple[list[Cue], int, int]:
    """(cues, number of point tiers, number of tiers without speech), cues by time.

    Point tiers are ignored, and so are tiers whose name says that they hold no speech.

    Praat reads both forms alike: quoted texts, flags and numbers that stand alone count; everything
    else (`xmin =`, `intervals [1]:`) is for human readers. An interval without text is a pause.

    Raises: RecordingRejected(transcript_unreadable) for an incomplete or foreign file.
    """
    try:
        tiers, points = _tiers(_tokens(text))
    except (StopIteration, RuntimeError, TypeError, ValueError, OverflowError):
        raise RecordingRejected("transcript_unreadable") from None
    spoken = [(speaker_of(name), rows) for name, rows in tiers if has_speech(name)]
    others = sum(
        any(words.strip() for *_, words in rows) for name, rows in tiers if not has_speech(name)
    )
    cues = [
        Cue(start, end, words, name if len(spoken) > 1 else "")
        for name, intervals in spoken
        for start, end, text in intervals
        if (words := interval_text(text)).strip()
    ]
    cues.sort(key=lambda cue: (cue.start, cue.end, cue.speaker, cue.text))
    return cues, points, others


def is_textgrid(text: str) -> bool:
    """Whether the text has Praat's header, or begins with tiers."""
    start = text[:1000]
    return any(mark in start for mark in ('"ooTextFile', 'class = "TextGrid"', '\n"IntervalTier"'))


def _tokens(text: str) -> Iterator[str | float | bool]:
    for match in _TOKEN.finditer(text):
        if match["text"] is not None:
            yield match["text"][1:-1].replace('""', '"')
        elif match["flag"] is not None:
            yield match["flag"] == "<exists>"
        elif match["number"] is not None:
            yield float(match["number"])


def _tiers(
    tokens: Iterator[str | float | bool],
) -> tuple[list[tuple[str, list[tuple[float, float, str]]]], int]:
    """((name, intervals) of each interval tier, number of point tiers)."""

    def take(kind: type[_T]) -> _T:
        token = next(tokens)
        if not isinstance(token, kind):
            raise TypeError("unexpected kind of token")
        return token

    if not take(str).startswith("ooTextFile") or take(str) != "TextGrid":
        raise ValueError("not a TextGrid")
    take(float), take(float)
    tiers, points = [], 0
    if next(tokens) is not True:
        return [], 0
    for _ in range(int(take(float))):
        kind, name = take(str), take(str)
        take(float), take(float)
        size = int(take(float))
        if kind == "IntervalTier":
            tiers.append(
                (name.strip(), [(take(float), take(float), take(str)) for _ in range(size)])
            )
        elif kind == "TextTier":
            points += 1
            for _ in range(size):
                take(float), take(str)
        else:
            raise ValueError("neither an interval nor a point tier")
    return tiers, points
