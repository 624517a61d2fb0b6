"""What of one kind was said, heard, and heard in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stages.common.text.word_alignment import Aligned


@dataclass(frozen=True)
class Occurrence:
    """Something that counts, in the words [start, end) of a text."""

    start: int
    end: int
    what: str
    """Equal where two ways to say it are the same thing."""


@dataclass(frozen=True)
class Counts:
    """Of one kind in one clip, or in several together."""

    spoken: int = 0
    """In the reference."""
    heard: int = 0
    """In the hypothesis."""
    kept: int = 0
    """Of both: said and heard in one place. The rest of `spoken` is lost, of `heard` invented."""

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.spoken + other.spoken, self.heard + other.heard, self.kept + other.kept)

    @property
    def lost(self) -> int:
        return self.spoken - self.kept

    @property
    def invented(self) -> int:
        return self.heard - self.kept

    @property
    def recall(self) -> float | None:
        """Share of what was said that was heard; None where nothing was said."""
        return self.kept / self.spoken if self.spoken else None

    @property
    def precision(self) -> float | None:
        """Share of what was heard that was said; None where nothing was heard."""
        return self.kept / self.heard if self.heard else None


def matched(aligned: Aligned, spoken: Sequence[Occurrence], heard: Sequence[Occurrence]) -> Counts:
    """Pair occurrences one to one, each within the other's place.

    Args:
        spoken: those of the reference, in order, none over another.
        heard: those of the hypothesis, likewise.
    """
    free = list(heard)
    for said in spoken:
        low, high = aligned.place(said.start, said.end)
        # Places come in order, so the first that fits leaves the most for those that follow.
        fits = (o for o in free if o.what == said.what and low <= o.start and o.end <= high)
        found = next(fits, None)
        if found is not None:
            free.remove(found)
    return Counts(len(spoken), len(heard), len(heard) - len(free))
