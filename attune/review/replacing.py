"""Find and replace in the cues of a recording."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from attune.review.cues import ReviewCue, Splice
from stages.common.transcripts.cue import one_line


def replace_in(
    cues: Sequence[ReviewCue], find: str, replacement: str, *, unchecked_only: bool = False
) -> tuple[list[Splice], int]:
    """Splices that replace whole words, in any case, and the number of places.

    An initial capital is kept where `find` and `replacement` begin in lower case.
    """
    find = one_line(find)
    if not find:
        return [], 0
    pattern = re.compile(_bounded(find), re.IGNORECASE)
    keeps_capital = find[:1].islower() and replacement[:1].islower()

    def substitute(match: re.Match[str]) -> str:
        if keeps_capital and match[0][:1].isupper():
            return replacement[:1].upper() + replacement[1:]
        return replacement

    splices, places = [], 0
    for at, cue in enumerate(cues):
        if unchecked_only and cue.checked:
            continue
        text, count = pattern.subn(substitute, cue.text)
        if count:
            places += count
            if one_line(text) != cue.text:
                splices.append(Splice(at, [cue], [replace(cue, text=one_line(text))]))
    return splices, places


def _bounded(find: str) -> str:
    """A pattern that matches `find` as whole words."""
    left = r"(?<!\w)" if find[0].isalnum() else ""
    right = r"(?!\w)" if find[-1].isalnum() else ""
    return left + re.escape(find) + right
