"""What matters most in a session as a table, `metrics/matters.csv`: counts and their intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from stages.common.core.files import Row
from stages.common.evaluation.entities.counting import EntityCounts, count
from stages.common.evaluation.entities.occurrences import Counts
from stages.common.evaluation.entities.vocabulary import read_terms
from stages.common.evaluation.entity_metrics import TERMS
from stages.common.evaluation.significance.arrays import by_recording
from stages.common.evaluation.significance.share_interval import rate_interval, share_interval
from stages.common.text.word_alignment import align

COLUMNS = ("measure", "found", "of", "value", "low", "high")


class _Clip(NamedTuple):
    recording: str
    words: int
    """Of the reference."""
    clinical: EntityCounts


def _recall(counts: Counts) -> tuple[int, int]:
    return counts.kept, counts.spoken


def _precision(counts: Counts) -> tuple[int, int]:
    return counts.kept, counts.heard


_SHARES: dict[str, Callable[[EntityCounts], tuple[int, int]]] = {
    "terms_recall": lambda found: _recall(found.terms),
    "terms_precision": lambda found: _precision(found.terms),
    "negations_recall": lambda found: _recall(found.negations),
    "negations_precision": lambda found: _precision(found.negations),
    "numbers_recall": lambda found: _recall(found.numbers),
    "numbers_precision": lambda found: _precision(found.numbers),
    "doses_recall": lambda found: _recall(found.doses),
    "fillers_recall": lambda found: _recall(found.fillers),
    "risk_lost": lambda found: (found.risk.lost, found.risk.spoken),
}


def entity_rows(
    rows: Sequence[Row],
) -> Iterator[tuple[str, int, int, float | None, float | None, float | None]]:
    """Rows of `COLUMNS`. What is invented has no share to be one of: it is held against all words.

    rows: each a clip's `recording`, `reference` and `hypothesis`.
    """
    terms, clips = read_terms(TERMS), []
    for row in rows:
        aligned = align(row["reference"], row["hypothesis"])
        clips.append(_Clip(row["recording"], len(aligned.spoken), count(aligned, terms)))
    for measure, pick in _SHARES.items():
        found, of = by_recording((clip.recording, pick(clip.clinical)) for clip in clips)
        limits = share_interval(found, of) or (None, None)
        yield measure, *_counted(found.sum(), of.sum()), *limits
    invented, words = by_recording(
        (clip.recording, (clip.clinical.risk.invented, clip.words)) for clip in clips
    )
    limits = rate_interval(invented, words) or (None, None)
    yield "risk_invented", *_counted(invented.sum(), words.sum()), *limits


def _counted(found: float, of: float) -> tuple[int, int, float | None]:
    return int(found), int(of), float(found / of) if of else None
