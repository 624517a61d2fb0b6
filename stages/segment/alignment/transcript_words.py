"""The transcript as words in order, each in the form in which it is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from stages.common.text.normalizer import scoring_form
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.marks import UNKNOWN

_CLOSING = "\"')]\u201d\u2019\u00bb"
_STOPS, _COMMAS = ".?!\u2026", ",;:-\u2013\u2014"

SENTENCE, CLAUSE, INSIDE = 2, 1, 0


@dataclass(frozen=True)
class Words:
    """A transcript. All lists but `starts` have one item a word."""

    written: list[str]
    forms: list[str]
    """Letters only, numbers spelled out, without spaces; "" for a mark."""
    ends: list[int]
    """What the word ends: SENTENCE (a turn too), CLAUSE or INSIDE."""
    speakers: list[str]

    @property
    def text(self) -> str:
        return "".join(self.forms)

    @property
    def places(self) -> list[int]:
        """Where in `text` each word begins, and last its length: one item more than words."""
        return [0, *accumulate(map(len, self.forms))]


def words_of(turns: Sequence[Cue]) -> Words:
    """The words of a plain transcript's turns."""
    found = Words([], [], [], [])
    for turn in turns:
        words = turn.text.split()
        for number, word in enumerate(words, 1):
            found.written.append(word)
            found.forms.append(form(word))
            found.ends.append(SENTENCE if number == len(words) else _end(word))
            found.speakers.append(turn.speaker)
    return found


@lru_cache(maxsize=100_000)
def form(text: str) -> str:
    """`text` as it is compared; without spaces, as writers differ in what is one word."""
    return scoring_form(text.replace(UNKNOWN, " ")).replace(" ", "")


def _end(word: str) -> int:
    last = word.rstrip(_CLOSING)[-1:]
    return SENTENCE if last in _STOPS and last else CLAUSE if last in _COMMAS and last else INSIDE
