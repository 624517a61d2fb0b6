"""Entities and repetition loops, as metrics and as `metrics/matters.csv`.

Recall and precision of entities, and repetition loops. Counts only, no text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from stages.common.evaluation.clip_scores import ClipScore
from stages.common.evaluation.entities.counting import EntityCounts
from stages.common.evaluation.entities.occurrences import Counts
from stages.common.evaluation.significance.arrays import by_recording
from stages.common.evaluation.significance.share_interval import rate_interval, share_interval

COLUMNS = ("measure", "found", "of", "value", "low", "high")


def _recall(counts: Counts) -> tuple[int, int]:
    return counts.matched, counts.reference


def _precision(counts: Counts) -> tuple[int, int]:
    return counts.matched, counts.hypothesis


_SHARES: dict[str, Callable[[EntityCounts], tuple[int, int]]] = {
    "terms_recall": lambda entities: _recall(entities.terms),
    "terms_precision": lambda entities: _precision(entities.terms),
    "negations_recall": lambda entities: _recall(entities.negations),
    "negations_precision": lambda entities: _precision(entities.negations),
    "numbers_recall": lambda entities: _recall(entities.numbers),
    "numbers_precision": lambda entities: _precision(entities.numbers),
    "doses_recall": lambda entities: _recall(entities.doses),
    "fillers_recall": lambda entities: _recall(entities.fillers),
    "risk_lost": lambda entities: (entities.risk.lost, entities.risk.reference),
}
_IN_METRICS = [name for name in _SHARES if name != "risk_lost"]


def entity_metrics(scores: Sequence[ClipScore]) -> dict[str, Any]:
    """Recall and precision of entities, risk words lost and invented, repetition loops."""
    total = sum((score.entities for score in scores), EntityCounts())
    shares = {name: _SHARES[name](total) for name in _IN_METRICS}
    return {
        "terms_spoken": total.terms.reference,
        **{name: matched / of if of else None for name, (matched, of) in shares.items()},
        "risk_spoken": total.risk.reference,
        "risk_lost": total.risk.lost,
        "risk_invented": total.risk.invented,
        "looping_clips": sum(score.repetition_loop for score in scores),
        "longest_insertion": max((score.longest_insertion for score in scores), default=0),
    }


def entity_rows(
    scores: Sequence[ClipScore],
) -> Iterator[tuple[str, int, int, float | None, float | None, float | None]]:
    """Rows of `COLUMNS`, with 95 % intervals over recordings. Invented risk words are no share
    of anything: their rate is per reference word."""
    for measure, pick in _SHARES.items():
        matched, of = by_recording((s.recording, pick(s.entities)) for s in scores)
        limits = share_interval(matched, of) or (None, None)
        yield measure, *_counted(matched.sum(), of.sum()), *limits
    invented, words = by_recording(
        (s.recording, (s.entities.risk.invented, s.reference_words)) for s in scores
    )
    limits = rate_interval(invented, words) or (None, None)
    yield "risk_invented", *_counted(invented.sum(), words.sum()), *limits


def _counted(matched: float, of: float) -> tuple[int, int, float | None]:
    return int(matched), int(of), float(matched / of) if of else None
