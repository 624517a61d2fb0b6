"""What matters in therapy, counted clip by clip: what of it was lost, and what was invented."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from stages.common.evaluation.entities.lists import FILLERS, RISK, find_negations
from stages.common.evaluation.entities.numbers import find_doses, find_numbers
from stages.common.evaluation.entities.occurrences import Counts, Occurrence, matched
from stages.common.evaluation.entities.vocabulary import Vocabulary
from stages.common.text.word_alignment import Aligned

_Find = Callable[[Sequence[str]], list[Occurrence]]


@dataclass(frozen=True)
class EntityCounts:
    """Of one clip; the sum of a recording's clips is the recording's."""

    terms: Counts = field(default_factory=Counts)
    """Of the domain's list."""
    negations: Counts = field(default_factory=Counts)
    numbers: Counts = field(default_factory=Counts)
    """Those of doses included."""
    doses: Counts = field(default_factory=Counts)
    fillers: Counts = field(default_factory=Counts)
    risk: Counts = field(default_factory=Counts)

    def __add__(self, other: EntityCounts) -> EntityCounts:
        return EntityCounts(
            terms=self.terms + other.terms,
            negations=self.negations + other.negations,
            numbers=self.numbers + other.numbers,
            doses=self.doses + other.doses,
            fillers=self.fillers + other.fillers,
            risk=self.risk + other.risk,
        )


def count(aligned: Aligned, terms: Vocabulary) -> EntityCounts:
    """Of one clip. The lists overlap: "no suicidal thoughts" is a negation and a word of risk."""

    def kind(find: _Find) -> Counts:
        return matched(aligned, find(aligned.spoken), find(aligned.heard))

    return EntityCounts(
        terms=kind(terms.find),
        negations=kind(find_negations),
        numbers=kind(find_numbers),
        doses=kind(find_doses),
        fillers=kind(FILLERS.find),
        risk=kind(RISK.find),
    )
