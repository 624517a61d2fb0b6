"""The words of a cue with their times, by matching its text with the draft's words."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from attune.draft.drafts import Word
from attune.review.cues import ReviewCue

DOUBTFUL = 0.5
"""Words with a lower probability are doubtful."""
_REACH = 0.5
"""Seconds around a cue in which the draft's words may belong to it."""
_TOKEN = re.compile(r"\S+")


@dataclass(frozen=True)
class TimedWord:
    first: int
    """Position of its first character in the cue's text."""
    last: int
    """Position after its last character."""
    start: float
    """Seconds from the recording's start; interpolated if the word is not in the draft."""
    end: float
    probability: float | None
    """None if the word is not in the draft."""

    @property
    def is_doubtful(self) -> bool:
        return self.probability is not None and self.probability < DOUBTFUL


@dataclass(frozen=True)
class DraftWords:
    """The words of a recording's draft, by start."""

    words: Sequence[Word]

    @cached_property
    def _starts(self) -> list[float]:
        return [word.start for word in self.words]

    def near(self, start: float, end: float) -> Sequence[Word]:
        """The words that start between these times, in seconds."""
        return self.words[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def doubtful_in(self, cue: ReviewCue) -> int:
        """Number of doubtful words of the draft within a cue."""
        return sum(word.probability < DOUBTFUL for word in self.near(cue.start, cue.end))

    def timed(self, cue: ReviewCue) -> list[TimedWord]:
        """The cue's words in the order of its text."""
        tokens = [(match[0], *match.span()) for match in _TOKEN.finditer(cue.text)]
        if not tokens:
            return []
        near = self.near(cue.start - _REACH, cue.end + _REACH)
        own = [_plain(token) for token, _, _ in tokens]
        drafted = [_plain(word.text) for word in near]
        matched: dict[int, Word] = {}
        for block in SequenceMatcher(None, own, drafted, autojunk=False).get_matching_blocks():
            for offset in range(block.size):
                matched[block.a + offset] = near[block.b + offset]
        times = _times(cue, [len(token) for token in own], matched)
        return [
            TimedWord(first, last, *times[at], matched[at].probability if at in matched else None)
            for at, (_, first, last) in enumerate(tokens)
        ]


def _times(
    cue: ReviewCue, lengths: Sequence[int], matched: dict[int, Word]
) -> list[tuple[float, float]]:
    """Matched words keep their times; unmatched ones share the gap by their number of letters."""
    times: list[tuple[float, float]] = []
    at = 0
    while at < len(lengths):
        if at in matched:
            times.append((matched[at].start, matched[at].end))
            at += 1
            continue
        after = at
        while after < len(lengths) and after not in matched:
            after += 1
        start = times[-1][1] if times else cue.start
        end = max(start, matched[after].start if after < len(lengths) else cue.end)
        weights = [length + 1 for length in lengths[at:after]]
        for n in range(len(weights)):
            left = start + (end - start) * sum(weights[:n]) / sum(weights)
            right = start + (end - start) * sum(weights[: n + 1]) / sum(weights)
            times.append((round(left, 3), round(right, 3)))
        at = after
    return times


def _plain(token: str) -> str:
    return "".join(char for char in token.casefold() if char.isalnum()) or token
