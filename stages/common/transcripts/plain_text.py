"""Plain text (.txt) of a whole session: turns by speaker, or paragraphs if no line has a label."""

from __future__ import annotations

import re
from collections import Counter

from stages.common.transcripts.cue import Cue, one_line
from stages.common.transcripts.speakers import (
    LONGEST_LABEL,
    canonical_speaker,
    is_role,
    split_turn_label,
)

_PAGE_FURNITURE = re.compile(
    r"\s*(?:[-\u2013\u2014]*\s*(?:page\s*)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?\s*[-\u2013\u2014]*"
    r"|(?:strictly\s+)?(?:private\s+(?:and|&)\s+)?confidential\W*)\s*",
    re.IGNORECASE,
)
_TYPOGRAPHY = str.maketrans({"\u00ad": None, "\u200b": None, "\ufeff": None, "\u00a0": " ",
                             "\u202f": " ", "\f": "\n", "\v": "\n"})  # fmt: skip
_HYPHENATED = re.compile(r"(?<=[a-z])-\n\s*(?=[a-z])")
_HEADER_REPEATS = 3
"""Occurrences from which a line that stands alone counts as a header."""


def parse(text: str) -> list[Cue]:
    """The turns in order, without times; if no line has a label, the paragraphs.

    Page numbers and headers are dropped: lines between empty lines, without a label, that occur at
    least three times apart from their digits.
    """
    text = _HYPHENATED.sub("", text.translate(_TYPOGRAPHY))
    lines = _without_headers(text.splitlines())
    labels = _labels(lines)
    turns: list[tuple[str, list[str]]] = []
    for line in lines:
        label, words = split_turn_label(line) or ("", line)
        # "T - Monday" opens a turn if the text has the label T; "So - well" is speech.
        if label in labels:
            turns.append((canonical_speaker(label), [words]))
        elif turns and (labels or line.strip()):
            turns[-1][1].append(line)
        else:  # before the first label, or a new paragraph
            turns.append(("", [line]))
    cues = [Cue(0.0, 0.0, one_line(" ".join(words)), speaker) for speaker, words in turns]
    return [cue for cue in cues if cue.text]


def _labels(lines: list[str]) -> set[str]:
    """The speaker labels of this text: roles, and names that open at least two lines."""
    matches = [match for line in lines if (match := split_turn_label(line))]
    counts = Counter(label for label, _ in matches if len(label) <= LONGEST_LABEL)
    return {
        label
        for label, count in counts.items()
        if is_role(label) or (count >= 2 and (label[0].isupper() or "_" in label))
    }


def _without_headers(lines: list[str]) -> list[str]:
    """Lines without page numbers, and without those that recur alone between empty lines."""

    def stands_alone(at: int) -> bool:
        before = at == 0 or not lines[at - 1].strip()
        after = at + 1 == len(lines) or not lines[at + 1].strip()
        return before and after

    def without_digits(line: str) -> str:
        return re.sub(r"\d+", "0", line.strip())

    counts = Counter(
        without_digits(line)
        for at, line in enumerate(lines)
        if re.search(r"\d", line) and stands_alone(at) and not split_turn_label(line)
    )
    kept = []
    for at, line in enumerate(lines):
        header = stands_alone(at) and counts[without_digits(line)] >= _HEADER_REPEATS
        if not line.strip() or not (_PAGE_FURNITURE.fullmatch(line) or header):
            kept.append(line)
    return kept
