"""Rolling captions: each cue repeats the line before, as in YouTube's automatic captions."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from stages.common.transcripts.cue import Cue

_MIN_SHARE = 0.5
"""Share of captions that repeat words of the one before, from which the captions roll."""
_MIN_PAIRS = 2
_LONGEST = 60
"""Words that a caption can repeat."""


def unroll(cues: Sequence[Cue]) -> list[Cue]:
    """The cues with each word once if the captions roll, else the cues unchanged.

    A caption that adds nothing is left out. Speakers repeat a sentence, but not half of a session.
    """
    filled = [cue for cue in cues if cue.text.strip()]
    words = [cue.text.split() for cue in filled]
    repeated = [_overlap(a, b) for a, b in itertools.pairwise(words)]
    rolls = sum(
        (count in _line_ends(before) and len(after) > count) or count == len(after) > 3
        for count, before, after in zip(repeated, filled, words[1:], strict=False)
    )
    if rolls < _MIN_PAIRS or sum(map(bool, repeated)) < _MIN_SHARE * len(repeated):
        return list(cues)
    unrolled = filled[:1]
    for cue, count in zip(filled[1:], repeated, strict=True):
        rest = re.sub(rf"^(?:\s*+\S++){{{count}}}", "", cue.text) if count else cue.text
        if rest.strip():
            unrolled.append(replace(cue, text=rest))
    return unrolled


def _overlap(before: Sequence[str], after: Sequence[str]) -> int:
    """Length of the longest run of words that ends `before` and begins `after`."""
    longest = min(len(before), len(after), _LONGEST)
    return next((n for n in range(longest, 0, -1) if before[-n:] == after[:n]), 0)


def _line_ends(cue: Cue) -> set[int]:
    """Numbers of words in the last line, the last two lines, ... of a caption."""
    counts = [len(line.split()) for line in cue.text.splitlines() if line.strip()]
    return {sum(counts[at:]) for at in range(len(counts))}
