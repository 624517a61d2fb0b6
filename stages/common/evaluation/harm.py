"""How much harm a clip's errors could do: what to listen to first.

A reader of a session's text is misled most by a word of risk that was lost or that nobody said,
then by a "not" or a dose that changed, then by numbers and terms that are gone, then by words that
nobody said, and least by any other error. Each such fault has a weight; a clip's harm is their sum.
The weights only order the clips: they are a judgement, not a measurement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stages.common.core.errors import UserError
from stages.common.core.files import Row
from stages.common.evaluation.entities.counting import EntityCounts, count
from stages.common.evaluation.entities.vocabulary import Vocabulary
from stages.common.text.error_counts import ClipErrors
from stages.common.text.word_alignment import align

WEIGHTS = {
    "word of risk lost or invented": 20,
    "negation lost or invented": 10,
    "dose lost": 10,
    "number lost": 5,
    "term lost": 5,
    "word invented": 2,
    "other error": 1,
}
"""What is counted -> its weight. A wrong number of a dose is both a number and a dose; every fault
is an error as well."""
GROUPS = {
    "risk": ("word of risk lost or invented",),
    "negation": ("negation lost or invented",),
    "doses and numbers": ("dose lost", "number lost"),
    "terms": ("term lost",),
    "invented": ("word invented",),
}
"""The page's filters -> what they show."""


@dataclass(frozen=True)
class ClipHarm:
    """A clip, what both models heard in it, and what the tuned one's errors could do."""

    id: str
    start: float
    """Seconds from the recording's start."""
    seconds: float
    reference: str
    base: str
    tuned: str
    base_errors: int
    tuned_errors: int
    faults: Mapping[str, int]
    """How often each of `WEIGHTS` was found; those that were."""

    @property
    def harm(self) -> int:
        return sum(WEIGHTS[kind] * number for kind, number in self.faults.items())

    @property
    def groups(self) -> list[str]:
        return [
            name for name, kinds in GROUPS.items() if any(kind in self.faults for kind in kinds)
        ]


def by_harm(
    base: Sequence[Row], tuned: Sequence[Row], errors: Sequence[ClipErrors], terms: Vocabulary
) -> list[ClipHarm]:
    """The clips with errors of the tuned model, the most harmful first.

    Args:
        base, tuned: each model's rows, see `stages.common.scoring.model.score_model`.
        errors: the tuned model's, of the same clips.
    Raises: UserError where the three are of different runs.
    """
    counted = {clip.clip: clip for clip in errors}
    before = {row["id"]: row for row in base}
    if not before.keys() == {row["id"] for row in tuned} == counted.keys():
        raise UserError("data/heard and metrics/errors.csv are of different runs: run `dvc repro`")
    found = []
    for row in tuned:
        clinical = count(align(row["reference"], row["hypothesis"]), terms)
        other = before[row["id"]]
        found.append(
            ClipHarm(
                id=row["id"],
                start=row["start"],
                seconds=row["seconds"],
                reference=row["reference"],
                base=other["hypothesis"],
                tuned=row["hypothesis"],
                base_errors=other["errors"],
                tuned_errors=row["errors"],
                faults=_faults(clinical, counted[row["id"]]),
            )
        )
    return sorted((clip for clip in found if clip.harm), key=lambda clip: (-clip.harm, clip.id))


def _faults(clinical: EntityCounts, errors: ClipErrors) -> dict[str, int]:
    numbers = (
        clinical.risk.lost + clinical.risk.invented,
        clinical.negations.lost + clinical.negations.invented,
        clinical.doses.lost,
        clinical.numbers.lost,
        clinical.terms.lost,
        errors.insertions,
        errors.substitutions + errors.deletions,
    )
    return {kind: number for kind, number in zip(WEIGHTS, numbers, strict=True) if number}
