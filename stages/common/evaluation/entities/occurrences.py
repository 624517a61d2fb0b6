"""Occurrences of entities in a reference and in a hypothesis, matched in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stages.common.text.word_alignment import WordAlignment


@dataclass(frozen=True)
class Occurrence:
    """An entity in the words [start, end) of a text."""

    start: int
    end: int
    entity: str
    """Equal for two ways to say the same."""


@dataclass(frozen=True)
class Counts:
    """Occurrences of one kind, in one clip or summed over several."""

    reference: int = 0
    hypothesis: int = 0
    matched: int = 0
    """In both, at the same place. The rest of `reference` is lost, of `hypothesis` invented."""

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.reference + other.reference,
            self.hypothesis + other.hypothesis,
            self.matched + other.matched,
        )

    @property
    def lost(self) -> int:
        return self.reference - self.matched

    @property
    def invented(self) -> int:
        return self.hypothesis - self.matched


def match(
    aligned: WordAlignment, reference: Sequence[Occurrence], hypothesis: Sequence[Occurrence]
) -> Counts:
    """Match occurrences one to one, each within the other's place in the alignment.

    Args:
        reference, hypothesis: the occurrences of each text, in order, without overlap.
    """
    free = list(hypothesis)
    for wanted in reference:
        low, high = aligned.span(wanted.start, wanted.end)
        # Places come in order, so taking the first that fits leaves the most for later ones.
        for o in free:
            if o.entity == wanted.entity and low <= o.start and o.end <= high:
                free.remove(o)
                break
    return Counts(len(reference), len(hypothesis), len(hypothesis) - len(free))
