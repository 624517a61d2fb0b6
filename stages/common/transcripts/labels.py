"""Candidate speaker labels at the start of a line, in every notation that people and services use.

Whether a candidate is a label depends on the whole text, see label_choice.py: "So - well" and
"Client - well" have the same form.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from stages.common.transcripts.speakers import is_role
from stages.common.transcripts.timestamps import TIMESTAMP, seconds

Form = Literal["colon", "tight", "dash", "angle", "bracket", "stamped", "head", "column", "alone"]
"""colon: `T: x`; tight: `T:x`; dash: `T - x`; angle: `S1> x`; bracket: `(T) x`; stamped:
`T [0:03] x`; head: `T 0:03` on a line of its own; column: T, a tab, two spaces or a pipe, x; alone:
`T`."""

LONGEST_LABEL = 40
"""Longest label, in characters."""
_MOST_SIGNS = 20
"""Bullets, numbers and times that may stand before a label: a line of nothing else is cut once."""


@dataclass(frozen=True)
class LabelCandidate:
    """The start of a line that may be a speaker label."""

    name: str
    text: str
    """What follows on the line."""
    form: Form
    start: float = math.nan
    """Seconds of the time beside the label; NaN without one."""


_WORD = r"[^\W\d_][\w.'\u2019&-]{0,30}"
_MORE = r"[ ](?:[^\W_][\w.'\u2019-]{0,30}|&|[#]\d{1,4})"
_NAME = rf"{_WORD}(?:{_MORE}){{0,3}}?"
_DATE = r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?[ ]+)?"
_CLOCK = rf"{TIMESTAMP}(?:[:;]\d{{2}})?(?:[ ]?[AaPp]\.?[Mm]\b\.?)?"
_STAMP = rf"""(?:[\[(<]\s*+(?:time(?:code|stamp)?\s*+:?\s*+)?{_DATE}
    {_CLOCK}(?:\s*+(?:-->|->|[-\u2013\u2014]|to)\s*+{_CLOCK})?\s*+[\])>]
    |{_DATE}{_CLOCK}(?:\s*+[-\u2013\u2014]\s*+{_CLOCK})?(?![\w:]))"""
_FLAGS = re.VERBOSE | re.IGNORECASE
_SIGNS = re.compile(r"(?:[\s\u2022\u25e6\u25aa\u25cf\u2023\u00b7\u2043*_>\u00bb|#\u2013\u2014-])+")
_LEADING_STAMP = re.compile(rf"{_STAMP}\s*+[-:|,\u2013\u2014]?\s*+", _FLAGS)
_NUMBER = re.compile(r"[\[(#]?\d{1,5}[.):\]]?[ \t]+(?=[^\W\d_]|[*_\[(]|\d{1,2}:\d\d)")
_CHAT = re.compile(
    rf"From\s++(?P<name>{_NAME})(?:\s++[Tt]o\s++[^:\n]{{1,80}}?)?(?:\([^)]*+\))?\s?:\s*+(?P<text>.*)$"
)
_LABEL = re.compile(
    rf"""(?P<open>[\[(<{{])?[*_]{{0,3}}(?P<name>{_NAME})[*_]{{0,3}}(?(open)[\])>}}])[*_]{{0,3}}
    (?:\s?[(\[](?!\s*(?:time\b|\d{{1,2}}:))[^()\[\]:]{{1,40}}[)\]])?    # a remark: (crying)
    (?:[\s,]*+-?\s*+(?P<stamp>{_STAMP}))?[*_]{{0,3}}
    (?P<sign>\s?[:\uff1a](?:[*_]{{1,3}}(?=\s|$))?|\s[-\u2013\u2014](?=\s|$))
    [*_]{{0,3}}(?P<after>\s*+)(?P<text>.*)$""",
    _FLAGS,
)
_HEAD = re.compile(
    rf"[\[(]?[*_]{{0,3}}(?P<name>{_NAME}(?:,[ ]{_WORD}(?:[ ]{_WORD})?)?)[*_]{{0,3}}[\])]?"
    rf"(?:\s*+[,|]?\s*+(?:[-\u2013\u2014]\s++)?|\s?:\s*+(?=[\[(<]))(?P<stamp>{_STAMP})\s*+:?\s*+$",
    _FLAGS,
)
_STAMPED = re.compile(
    rf"(?P<name>{_NAME})\s++(?P<stamp>[\[(]{_CLOCK}[\])])\s++(?P<text>\S.*)$", _FLAGS
)
_ANGLE = re.compile(rf"(?P<name>{_NAME})>+(?=\s|$)\s*(?P<text>.*)$")
_BRACKET = re.compile(
    rf"(?:\((?P<round>{_NAME})\)|\[(?P<square>{_NAME})\]|<(?P<angle>{_NAME})>)[ \t]+(?P<text>\S.*)$"
)
_COLUMN = re.compile(rf"(?P<name>{_NAME})(?:[ ]*\t\s*|[ ]{{2,}}|[ ]*\|[ ]*)(?P<text>\S.*)$")
_ALONE = re.compile(rf"[\[(]?[*_]{{0,3}}(?P<name>{_NAME})[*_]{{0,3}}[\])]?[*_]{{0,3}}$")
_STAMP_CELL = re.compile(rf"{_STAMP}[ ]*[\t|]\s*", _FLAGS)
_CHANGE = re.compile(r"(?<=\S)[ \t]+(>>+(?=\s*[^\s>]))")
_WIDE = re.compile(r"\s{3,}")
_NO_TEXT = re.compile(r"//|\\")
"""What follows the colon of an address or a path."""


def label_candidate(line: str) -> LabelCandidate | None:
    """The candidate at the start of `line`, in its most specific form; None without one."""
    rest, start, marked = _without_signs(line)
    if not rest:
        return None
    found = _candidate(rest, start, marked)
    if found is None or len(found.name) > LONGEST_LABEL:
        return None
    name = found.name.strip(" '\u2019&_-")
    return LabelCandidate(name, found.text.strip(), found.form, found.start) if name else None


def stamp_seconds(text: str) -> float:
    """Seconds of the first clock time in `text`; NaN without one."""
    match = re.search(TIMESTAMP, text)
    return seconds(match[0]) if match else math.nan


def is_stamp(line: str) -> bool:
    """Whether a line is nothing but a time, or a time and its end."""
    match = _LEADING_STAMP.match(line.strip())
    return match is not None and match.end() == len(line.strip())


def split_stamp(line: str) -> tuple[float, str]:
    """(seconds of the time that a line begins with, the rest); (NaN, line) without one."""
    match = _LEADING_STAMP.match(line.strip())
    return (stamp_seconds(match[0]), line.strip()[match.end() :]) if match else (math.nan, line)


def split_changes(text: str) -> str:
    """Text with a line break before each `>>` inside a line: captions mark a new speaker by it."""
    return _CHANGE.sub(r"\n\1", text)


def without_sign(line: str) -> str:
    """A caption line without the `>>` that marks a new speaker."""
    return re.sub(r"^\s*(?:>{2,}|\u00bb)\s*", "", line)


def _without_signs(line: str) -> tuple[str, float, bool]:
    """(rest, start, whether a turn marker was removed): bullets, `>>`, turn numbers, a time."""
    rest, start, marked = _WIDE.sub(_narrowed, line.strip()), math.nan, False
    for _ in range(_MOST_SIGNS):
        if match := _SIGNS.match(rest):
            # "__" and "*" are Markdown around the label, a dash may be a list's.
            marked = marked or bool(re.search(r"[^\s*_#-]", match[0]))
        elif match := _LEADING_STAMP.match(rest):
            start, marked = stamp_seconds(match[0]), True
        elif match := _NUMBER.match(rest):
            marked = True
        else:
            break
        rest = rest[match.end() :]
    return rest, start, marked


def _narrowed(space: re.Match[str]) -> str:
    """A wide space as narrow as one that may still separate columns."""
    return "\t" if "\t" in space[0] else "  "


def _candidate(rest: str, start: float, marked: bool) -> LabelCandidate | None:
    if not math.isnan(start) and (match := _CHAT.match(rest)):
        return LabelCandidate(match["name"], match["text"], "head", start)
    if match := _HEAD.match(rest):
        return LabelCandidate(match["name"], "", "head", stamp_seconds(match["stamp"]))
    if match := _LABEL.match(rest):
        text = match["text"]
        if match["stamp"]:
            start = stamp_seconds(match["stamp"])
        elif (stamp := _LEADING_STAMP.match(text)) and text[0] in "[(<":
            start, text = stamp_seconds(stamp[0]), text[stamp.end() :]
        else:
            start, text = _without_stamp_cell(text, start)
        colon = match["sign"].strip()[0] in ":\uff1a"
        wide = match["after"] or match["sign"][-1] in "*_" or "\uff1a" in match["sign"]
        if not colon or wide or not text:
            return LabelCandidate(match["name"], text, "colon" if colon else "dash", start)
        if not _NO_TEXT.match(text):
            return LabelCandidate(match["name"], text, "tight", start)
        return None
    if match := _ANGLE.match(rest):
        return LabelCandidate(match["name"], match["text"], "angle", start)
    if match := _STAMPED.match(rest):
        return LabelCandidate(
            match["name"], match["text"], "stamped", stamp_seconds(match["stamp"])
        )
    if match := _BRACKET.match(rest):
        name = match["round"] or match["square"] or match["angle"]
        return LabelCandidate(name, match["text"], "bracket", start)
    if match := _COLUMN.match(rest):
        cell = match["text"].rstrip(" ").removesuffix("|").rstrip(" ")
        start, text = _without_stamp_cell(cell, start)
        return LabelCandidate(match["name"], text, "column", start)
    if (match := _ALONE.match(rest)) and (rest[-1] != "." or is_role(match["name"])):
        form: Form = "alone" if math.isnan(start) else "head"
        return LabelCandidate(match["name"], "", form, start)
    # "1 T So how": after a turn's number a role needs no sign; "T. So how" has a weak one.
    first, _, text = rest.partition(" ")
    weak = marked or (first[-1] == "." and len(first) <= 3)
    return (
        LabelCandidate(first.rstrip("."), text, "column", start)
        if weak and is_role(first)
        else None
    )


def _without_stamp_cell(text: str, start: float) -> tuple[float, str]:
    """(start, text), with a time in a column of its own before the words moved to `start`."""
    match = _STAMP_CELL.match(text)
    return (stamp_seconds(match[0]), text[match.end() :]) if match else (start, text)
