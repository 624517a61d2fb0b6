"""Plain text (.txt) of a whole session: turns by speaker, or paragraphs if no line has a label."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from stages.common.transcripts.characters import tidy
from stages.common.transcripts.cue import Cue, one_line
from stages.common.transcripts.headings import heading_length, without_furniture
from stages.common.transcripts.hyphens import join_hyphenated
from stages.common.transcripts.inline_turns import has_stops, split_inline
from stages.common.transcripts.label_choice import Labels, choose, is_lead, is_name
from stages.common.transcripts.labels import (
    LONGEST_LABEL,
    LabelCandidate,
    is_stamp,
    label_candidate,
    split_changes,
    split_stamp,
    stamp_seconds,
    without_sign,
)
from stages.common.transcripts.speakers import canonical_speaker, is_role
from stages.common.transcripts.turn_numbers import without_turn_numbers

_LINE_NUMBER = re.compile(r"\s*[\[(]?(\d{1,5})[.):\]]?(?:[ \t]+|$)")
_MIN_NUMBERED = 10
"""Lines from which leading numbers are line numbers, whatever follows them."""
_LABEL_SIGNS = ":;=)/>]}|\"'"
"""Characters that end a label in a notation that no other rule knows."""
_MIN_HEADING = 2
"""Fewest lines of a heading above a text without labels."""
_CLOCK_OF_DAY = 6 * 3600.0
"""Seconds. A transcript with a later first time states the time of day, not of the recording."""


@dataclass
class _Turn:
    speaker: str
    lines: list[str]
    start: float = math.nan


def parse(text: str) -> list[Cue]:
    """The turns in order, without times; if no line has a label, the paragraphs."""
    return read(text)[0]


def read(text: str) -> tuple[list[Cue], tuple[str, ...]]:
    """(turns in order, notices).

    `start` and `end` of a turn are both the start that the text states, 0 without one.

    Page numbers, footers, the document's heading and running headers are dropped. Running headers
    are unlabelled lines between empty lines that occur at least three times, digits aside.
    """
    text = join_hyphenated(tidy(text))
    if re.search(r"^[ \t]*>>", text, re.MULTILINE):  # captions saved as text
        text = split_changes(text)
    lines = without_furniture(text.splitlines())
    lines = _with_times_beside_names(_without_line_numbers(lines))
    candidates = _candidates(lines)
    labels = choose(candidates, lines)
    turns_at = [at for at, o in enumerate(candidates) if o and (o.name, o.form) in labels]
    first = candidates[turns_at[0]] if turns_at else None
    headed = first is not None and first.form == "head" and not first.text
    heading = heading_length(lines, turns_at[0] if headed else None)
    if not labels and sum(bool(line.strip()) for line in lines[:heading]) < _MIN_HEADING:
        heading = 0  # a text without labels may begin "Time: it heals nothing."
    if not any(line.strip() for line in lines[heading:]):
        heading = 0
    if heading:
        lines, candidates = lines[heading:], candidates[heading:]
        labels = choose(candidates, lines)
    turns = _turns(lines, candidates, labels)
    notices = {"heading_ignored"} if heading else set()
    if not labels and _look_like_turns(lines, candidates):
        notices.add("no_labels")
    return _cues(turns), tuple(sorted(notices))


def _candidates(lines: Sequence[str]) -> list[LabelCandidate | None]:
    """The candidate of each line; a name alone below a line with a time takes that time."""
    candidates: list[LabelCandidate | None] = []
    stamp = math.nan
    for line in lines:
        found = label_candidate(line)
        if found and found.form == "alone" and not math.isnan(stamp):
            found = replace(found, form="head", start=stamp)
        candidates.append(found)
        stamp = stamp_seconds(line) if is_stamp(line) else math.nan
    return candidates


def _with_times_beside_names(lines: list[str]) -> list[str]:
    """Lines `Anna` and `0:03` as one, if each line with a time has a name alone above it.

    Initials above the name, as meetings show them for a picture, are dropped.
    """
    stamps = {at for at, line in enumerate(lines) if is_stamp(line)}
    if len(stamps) < 2 or not all(at and _is_alone(lines[at - 1]) for at in stamps):
        return lines
    joined: list[str] = []
    for at, line in enumerate(lines):
        if at in stamps:
            name = joined.pop()
            if joined and joined[-1].strip() == "".join(word[0] for word in name.split()):
                joined.pop()
            line = f"{name} {line}"
        joined.append(line)
    return joined


def _is_alone(line: str) -> bool:
    found = label_candidate(line)
    return found is not None and found.form == "alone"


def _turns(
    lines: Sequence[str], candidates: Sequence[LabelCandidate | None], labels: Labels
) -> list[_Turn]:
    turns: list[_Turn] = []
    names, stops = frozenset(name for name, _ in labels), has_stops(lines)
    dashes = not labels and _all_open_with_dashes(lines)
    timed = _begin_with_times(lines)
    stamp = math.nan
    for line, found in zip(lines, candidates, strict=True):
        if found and (found.name, found.form) in labels:
            start = stamp if math.isnan(found.start) else found.start
            first, *others = split_inline(found, names, stops)
            turns.append(_Turn(first[0], [first[1]], start))
            turns += [_Turn(name, [words]) for name, words in others]
            stamp = math.nan
            continue
        if timed and line.strip():
            begin, line = split_stamp(line)
            stamp = stamp if math.isnan(begin) else begin
        words = without_sign(line)
        if is_stamp(line):
            stamp = stamp_seconds(line)
        elif words != line:
            turns.append(_Turn("", [words], stamp))
        elif dashes and line.strip():
            turns.append(_Turn("", [line.strip().lstrip("-\u2013\u2014\u2022* ")], stamp))
        elif turns and (labels or (line.strip() and math.isnan(stamp))):
            here = LabelCandidate("", line, "colon")
            first, *others = split_inline(here, names, stops)
            turns[-1].lines.append(first[1])
            turns += [_Turn(name, [words]) for name, words in others]
            continue
        else:  # before the first label, or a new paragraph
            turns.append(_Turn("", [line], stamp))
        stamp = stamp if is_stamp(line) or not line.strip() else math.nan
    return turns


def _begin_with_times(lines: Sequence[str]) -> bool:
    """Whether half of the lines begin with a time, each later than the one before."""
    times = [time for line in lines if not math.isnan(time := split_stamp(line)[0])]
    written = sum(bool(line.strip()) for line in lines)
    return len(times) >= max(3, written / 2) and times == sorted(times)


def _cues(turns: Sequence[_Turn]) -> list[Cue]:
    names = without_turn_numbers([turn.speaker for turn in turns])
    stated = [turn.start for turn in turns if not math.isnan(turn.start)]
    of_day = bool(stated) and stated[0] >= _CLOCK_OF_DAY
    cues = []
    for turn, name in zip(turns, names, strict=True):
        text = one_line(" ".join(turn.lines))
        start = 0.0 if of_day or math.isnan(turn.start) else turn.start
        if text:
            cues.append(Cue(start, start, text, canonical_speaker(name)))
    return cues


def _without_line_numbers(lines: list[str]) -> list[str]:
    """Lines without consecutive line numbers, if nearly all have one."""
    matches = [_LINE_NUMBER.match(line) for line in lines]
    written = sum(bool(line.strip()) for line in lines)
    numbers = [int(match[1]) for match in matches if match]
    steps = [b - a for a, b in itertools.pairwise(numbers)]
    if len(numbers) < max(3, 0.9 * written) or steps.count(1) < 0.9 * len(steps):
        return lines
    labelled = sum(bool(o) and o.form != "alone" for o in map(label_candidate, lines) if o)
    if written < _MIN_NUMBERED and labelled * 2 < written:  # a list: "1 of them left"
        return lines
    roles = Counter(
        is_role(line[m.end() :].partition(" ")[0]) for line, m in _pairs(lines, matches)
    )
    if roles[True] >= 0.8 * written:  # "1 T So how": a tab in place of the space
        return [
            re.sub(r"^(\S+) (?! |\d+\s)", r"\1\t", line[m.end() :]) if m else line
            for line, m in zip(lines, matches, strict=True)
        ]
    return [line[m.end() :] if m else line for line, m in zip(lines, matches, strict=True)]


def _pairs(
    lines: Sequence[str], matches: Sequence[re.Match[str] | None]
) -> list[tuple[str, re.Match[str]]]:
    return [(line, match) for line, match in zip(lines, matches, strict=True) if match]


def _all_open_with_dashes(lines: Sequence[str]) -> bool:
    written = [line.strip() for line in lines if line.strip()]
    dashes = sum(bool(re.match(r"[-\u2013\u2014]\s*\w", line)) for line in written)
    return len(written) >= 2 and dashes >= 0.8 * len(written)


def _look_like_turns(lines: Sequence[str], candidates: Sequence[LabelCandidate | None]) -> bool:
    """Whether half of the lines begin like turns, although no label was found."""
    written = sum(bool(line.strip()) for line in lines)
    like = sum(
        o.form not in ("alone", "head")
        and not is_lead(o.name)
        and (is_name(o.name) or " " not in o.name)
        for o in candidates
        if o
    )
    return (
        _all_open_with_dashes(lines)
        or _open_with_few_tokens(lines)
        or (like >= 2 and like * 2 >= written)
    )


def _open_with_few_tokens(lines: Sequence[str]) -> bool:
    """Whether most lines open with one of few short words and the same sign, as `T) ` and `C) `."""
    first = [line.split()[0] for line in lines if line.strip()]
    counts = Counter(
        token
        for token in first
        if len(token) <= LONGEST_LABEL and token[-1] in _LABEL_SIGNS and token[:-1].strip("\"'<{[(")
    )
    often = {token: count for token, count in counts.items() if count >= 2}
    return len(often) >= 2 and sum(often.values()) >= 0.8 * len(first)
