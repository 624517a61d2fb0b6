"""Entities of therapy sessions, counted clip by clip: terms, negations, numbers, doses, fillers and
risk words. Which of them were lost, and which were invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from stages.common.evaluation.entities.by_language import finders
from stages.common.evaluation.entities.occurrences import Counts, match
from stages.common.evaluation.entities.vocabulary import Vocabulary
from stages.common.text.word_alignment import WordAlignment


@dataclass(frozen=True)
class EntityCounts:
    """Counts by kind, in one clip or summed over several."""

    terms: Counts = field(default_factory=Counts)
    """Those of data/terms.txt."""
    negations: Counts = field(default_factory=Counts)
    numbers: Counts = field(default_factory=Counts)
    """Numbers of doses included."""
    doses: Counts = field(default_factory=Counts)
    fillers: Counts = field(default_factory=Counts)
    risk: Counts = field(default_factory=Counts)

    def __add__(self, other: EntityCounts) -> EntityCounts:
        return EntityCounts(
            **{kind.name: getattr(self, kind.name) + getattr(other, kind.name)
               for kind in fields(self)}
        )  # fmt: skip

    @staticmethod
    def from_row(row: Mapping[str, Mapping[str, int]]) -> EntityCounts:
        """The inverse of `dataclasses.asdict`."""
        return EntityCounts(**{kind: Counts(**counts) for kind, counts in row.items()})


def count_entities(aligned: WordAlignment, terms: Vocabulary, language: str) -> EntityCounts:
    """The entities of one clip; only its terms if the language has no lists. Lists overlap: "no
    suicidal thoughts" is a negation and a risk word."""
    return EntityCounts(
        **{
            kind: match(aligned, find(aligned.reference), find(aligned.hypothesis))
            for kind, find in {"terms": terms.find, **finders(language)}.items()
        }
    )
