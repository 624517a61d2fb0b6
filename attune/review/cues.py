"""The cues of a recording under review, and its WebVTT file."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from attune.webvtt import write_vtt
from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue, one_line
from stages.common.transcripts.timestamps import is_subtitle_times
from stages.common.transcripts.vtt import parse

_IDENTIFIER = re.compile(r"(\d{1,9})( checked)?$")
_MAX_TEXT = 200_000
"""Characters of one cue; a longer text is not speech."""
MIN_SECONDS = 0.05
MAX_SECONDS = 1e6


@dataclass(frozen=True)
class ReviewCue:
    id: int
    """Stays the same while other cues are inserted and removed."""
    start: float
    """Seconds from the recording's start, in whole milliseconds."""
    end: float
    speaker: str
    text: str
    checked: bool
    """A person has compared it with the audio."""


@dataclass(frozen=True)
class Splice:
    """At position `at`, `remove` is replaced by `insert`."""

    at: int
    remove: list[ReviewCue]
    insert: list[ReviewCue]

    @property
    def inverse(self) -> Splice:
        return Splice(self.at, self.insert, self.remove)


class InvalidEdit(ValueError):
    """An edit that the page never sends; the message holds no text of cues."""


def apply(cues: list[ReviewCue], splices: Sequence[Splice]) -> list[ReviewCue]:
    """The cues after the splices, one after the other.

    Raises: InvalidEdit if a splice does not fit the cues, or one of its cues is not valid.
    """
    changed = list(cues)
    for splice in splices:
        is_place = 0 <= splice.at <= len(changed)
        if not is_place or changed[splice.at : splice.at + len(splice.remove)] != splice.remove:
            raise InvalidEdit("the edit belongs to another version")
        for cue in splice.insert:
            _check(cue)
        changed[splice.at : splice.at + len(splice.remove)] = splice.insert
    if len({cue.id for cue in changed}) < len(changed):
        raise InvalidEdit("two cues have the same number")
    return changed


def invert(splices: Sequence[Splice]) -> list[Splice]:
    """The splices that undo these."""
    return [splice.inverse for splice in reversed(splices)]


def difference(old: list[ReviewCue], new: list[ReviewCue]) -> list[Splice]:
    """One splice from `old` to `new`; none if they are equal."""
    if old == new:
        return []
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    return [Splice(first, old[first : len(old) - last], new[first : len(new) - last])]


def to_vtt(cues: Sequence[ReviewCue]) -> str:
    """The file of a review in progress: each cue's identifier holds its number and state."""
    ids = [f"{cue.id} checked" if cue.checked else str(cue.id) for cue in cues]
    return write_vtt([_cue(cue) for cue in cues], ids=ids)


def to_transcript(cues: Sequence[ReviewCue]) -> str:
    """The reviewed transcript: cues with words, by time, with `NOTE reviewed`."""
    order = sorted(cues, key=lambda cue: (cue.start, cue.end, cue.id))
    return write_vtt([_cue(cue) for cue in order if cue.text], reviewed=True)


def from_vtt(text: str) -> list[ReviewCue]:
    """Cues of a file that `to_vtt` wrote; another program may have changed it since.

    Raises: RecordingRejected(transcript_unreadable).
    """
    lines = text.splitlines()
    matches = [
        _IDENTIFIER.match(lines[at - 1]) if at else None
        for at, line in enumerate(lines)
        if is_subtitle_times(line)
    ]
    try:
        parsed = parse(text)
    except RecordingRejected:
        if text.split() == ["WEBVTT"]:  # every cue was deleted
            return []
        raise
    if any(not math.isfinite(cue.start + cue.end) for cue in parsed):
        raise RecordingRejected("transcript_unreadable")
    cues = []
    for match, cue in zip(matches, parsed, strict=True):
        # Rounded: hours and fractions are parsed separately, and their sum is inexact.
        times = round(cue.start, 3), round(cue.end, 3)
        id_ = int(match[1]) if match else 0
        texts = storable(cue.speaker), storable(cue.text)
        cues.append(ReviewCue(id_, *times, *texts, checked=bool(match and match[2])))
    return number(cues)


def number(cues: Sequence[ReviewCue]) -> list[ReviewCue]:
    """Give a new number to each cue whose number is 0 or a duplicate."""
    seen: set[int] = set()
    numbered = []
    free = max((cue.id for cue in cues), default=0) + 1
    for cue in cues:
        id_ = cue.id
        if not id_ or id_ in seen:
            id_, free = free, free + 1
        seen.add(id_)
        numbered.append(ReviewCue(id_, cue.start, cue.end, cue.speaker, cue.text, cue.checked))
    return numbered


def _cue(cue: ReviewCue) -> Cue:
    return Cue(cue.start, cue.end, cue.text, cue.speaker)


def _check(cue: ReviewCue) -> None:
    """Raises: InvalidEdit."""
    if not (math.isfinite(cue.start) and math.isfinite(cue.end)):
        raise InvalidEdit("a cue's times are not numbers")
    if cue.start < 0 or cue.end - cue.start < MIN_SECONDS - 1e-6 or cue.end > MAX_SECONDS:
        raise InvalidEdit("a cue's times are not in order")
    if round(cue.start, 3) != cue.start or round(cue.end, 3) != cue.end:
        raise InvalidEdit("a cue's times are not whole milliseconds")
    for text in (cue.text, cue.speaker):
        if storable(text) != text:
            raise InvalidEdit("a cue's text is not one line")
    if cue.id < 1:
        raise InvalidEdit("a cue's number is not positive")


def storable(text: str) -> str:
    """On one line, without control characters or lone surrogates, of at most `_MAX_TEXT`."""
    line = one_line(text)
    if not (line.isascii() and line.isprintable()):
        kept = (char for char in line if char >= " " and not "\ud800" <= char <= "\udfff")
        line = one_line("".join(kept))
    return line[:_MAX_TEXT].rstrip()
