"""A transcript as a list of words, each in the form that is compared with a hypothesis."""

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
class TranscriptWords:
    """A transcript; the lists have one item per word."""

    written: list[str]
    letters: list[str]
    """Normalized, without spaces: see `to_letters`; "" for a mark."""
    boundaries: list[int]
    """What ends with the word: SENTENCE (also a turn), CLAUSE or INSIDE (nothing)."""
    speakers: list[str]
    turns: list[int]
    """Number of the turn that the word is in."""
    language: str = "en"

    @property
    def text(self) -> str:
        """The letters of all words."""
        return "".join(self.letters)

    @property
    def offsets(self) -> list[int]:
        """Index in `text` at which each word begins, then its length: words + 1 items."""
        return [0, *accumulate(map(len, self.letters))]


def words_of(turns: Sequence[Cue], language: str = "en") -> TranscriptWords:
    """The words of a plain transcript's turns."""
    words = TranscriptWords([], [], [], [], [], language)
    for index, turn in enumerate(turns):
        written = _with_letters(turn.text.split(), language)
        for number, word in enumerate(written, 1):
            words.written.append(word)
            words.letters.append(to_letters(word, language))
            words.boundaries.append(SENTENCE if number == len(written) else _boundary(word))
            words.speakers.append(turn.speaker)
            words.turns.append(index)
    return words


def _with_letters(written: Sequence[str], language: str) -> list[str]:
    """The words of a turn; those without letters are joined to the word before, leading ones to the
    word after.

    By themselves they could be on either side of a cut, and no cut would be safe. A mark for
    unknown words hides speech and stays a word of its own.
    """
    kept: list[str] = []
    before: list[str] = []
    for word in written:
        if UNKNOWN in word or to_letters(word, language):
            kept.append(" ".join([*before, word]))
            before = []
        elif kept and UNKNOWN not in kept[-1]:
            kept[-1] += f" {word}"
        else:
            before.append(word)
    return kept


@lru_cache(maxsize=100_000)
def to_letters(text: str, language: str = "en") -> str:
    """Normalized text, numbers spelled out, without spaces: writers differ in word
    boundaries."""
    return scoring_form(text.replace(UNKNOWN, " "), language).replace(" ", "")


def _boundary(word: str) -> int:
    last = word.rstrip(_CLOSING)[-1:]
    return SENTENCE if last in _STOPS and last else CLAUSE if last in _COMMAS and last else INSIDE
