"""Beyond the WER: what of a session matters most.

Counts over a whole test split, as metrics; no text comes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stages.common.core.files import Row
from stages.common.evaluation import repetition
from stages.common.evaluation.entities.counting import EntityCounts, count
from stages.common.evaluation.entities.vocabulary import read_terms
from stages.common.text.word_alignment import align

TERMS = Path("data/terms.txt")


def entity_metrics(rows: Sequence[Row]) -> dict[str, Any]:
    """Recall and precision of terms, negations, numbers and doses, fillers kept, words of risk lost
    and invented, and where the model went round in circles.

    rows: each a clip's `reference` and `hypothesis`.
    """
    terms, total = read_terms(TERMS), EntityCounts()
    looping = longest = 0
    for row in rows:
        aligned = align(row["reference"], row["hypothesis"])
        total = total + count(aligned, terms)
        found = repetition.count(aligned, row["reference"], row["hypothesis"])
        looping += found.looping
        longest = max(longest, found.insertion_run)
    return {
        "terms_spoken": total.terms.spoken,
        "terms_recall": total.terms.recall,
        "terms_precision": total.terms.precision,
        "negations_recall": total.negations.recall,
        "negations_precision": total.negations.precision,
        "numbers_recall": total.numbers.recall,
        "numbers_precision": total.numbers.precision,
        "doses_recall": total.doses.recall,
        "fillers_recall": total.fillers.recall,
        "risk_spoken": total.risk.spoken,
        "risk_lost": total.risk.lost,
        "risk_invented": total.risk.invented,
        "looping_clips": looping,
        "longest_insertion": longest,
    }
