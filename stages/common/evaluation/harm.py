"""How much harm a clip's errors could do: which clips a person should review first.

A reader of a session is misled most by a lost or invented risk word, then by a changed negation
or dose, then by lost numbers and terms, then by invented words, and least by any other error. Each
such error has a weight; a clip's harm is their sum. The weights only order the clips: they are a
judgement, not a measurement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stages.common.core.errors import UserError
from stages.common.evaluation.clip_scores import ClipScore

WEIGHTS = {
    "risk word lost or invented": 20,
    "negation lost or invented": 10,
    "dose lost": 10,
    "number lost": 5,
    "term lost": 5,
    "inserted word": 2,
    "other error": 1,
}
"""Kind of error -> weight. A wrong number of a dose is both a number and a dose; each of these is a
word error as well."""
GROUPS = {
    "risk": ("risk word lost or invented",),
    "negation": ("negation lost or invented",),
    "doses and numbers": ("dose lost", "number lost"),
    "terms": ("term lost",),
    "insertions": ("inserted word",),
}
"""The page's filters -> the kinds that each shows."""


@dataclass(frozen=True)
class ClipHarm:
    """A clip as both models transcribed it, and the harm of the tuned model's errors."""

    base: ClipScore
    tuned: ClipScore
    errors: Mapping[str, int]
    """Kind -> count, for the kinds of `WEIGHTS` that occur."""

    @property
    def harm(self) -> int:
        return sum(WEIGHTS[kind] * number for kind, number in self.errors.items())

    @property
    def groups(self) -> list[str]:
        return [
            name for name, kinds in GROUPS.items() if any(kind in self.errors for kind in kinds)
        ]


def by_harm(base: Iterable[ClipScore], tuned: Iterable[ClipScore]) -> list[ClipHarm]:
    """The clips with errors of the tuned model, the most harmful first.

    Raises: UserError where the two are of different test splits.
    """
    before, after = ({score.id: score for score in scores} for scores in (base, tuned))
    if before.keys() != after.keys():
        raise UserError("data/hypotheses: the two files are of different runs; run `dvc repro`")
    clips = [ClipHarm(before[name], score, _kinds(score)) for name, score in after.items()]
    return sorted((clip for clip in clips if clip.harm), key=lambda c: (-c.harm, c.tuned.id))


def _kinds(score: ClipScore) -> dict[str, int]:
    entities = score.entities
    numbers = (
        entities.risk.lost + entities.risk.invented,
        entities.negations.lost + entities.negations.invented,
        entities.doses.lost,
        entities.numbers.lost,
        entities.terms.lost,
        score.insertions,
        score.substitutions + score.deletions,
    )
    return {kind: number for kind, number in zip(WEIGHTS, numbers, strict=True) if number}
