"""DVC experiments ranked by validation WER, with significance corrected for multiple testing.

The WER is that of the converted model, which is the one shipped, decoded with faster-whisper as the
test split is. It is not the Trainer's WER, which is computed before averaging and conversion, and
never the test WER: selecting a model by that would overfit the test split.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from attune.markdown import bullets, interval, markdown_table
from stages.common.core.errors import UserError
from stages.common.core.files import Row
from stages.common.evaluation.comparison.evaluated import different_clips, read_object
from stages.common.evaluation.comparison.result import NOT_COMPARABLE
from stages.common.evaluation.comparison.revisions import Source, experiments, working_tree
from stages.common.evaluation.significance.comparison import compare
from stages.common.evaluation.significance.wer_interval import wer_interval
from stages.common.text.error_counts import ErrorCounts, from_csv

COUNTS = "metrics/errors_validation.csv"
"""Errors in each validation recording, in the form of `metrics/errors.csv`."""
ALPHA = 0.05


@dataclass(frozen=True)
class Run:
    name: str
    split: Any
    """A digest of the validation split, or its entry in metrics/dataset.json."""
    counts: list[ErrorCounts]

    @property
    def validation_wer(self) -> float:
        return sum(c.errors for c in self.counts) / sum(c.reference_words for c in self.counts)


def rank_experiments(as_json: bool) -> bool:
    """Print the ranking of DVC's experiments and this working tree."""
    ranking = ranked(experiments(), working_tree())
    print(json.dumps(ranking, indent=2) if as_json else ranking_markdown(ranking))
    return True


def read_run(source: Source) -> Run:
    """Raises: UserError if a metric is missing."""
    dataset = read_object(source, "metrics/dataset.json")
    counts = from_csv(source.needed(COUNTS), f"{source.name}: {COUNTS}")
    # Earlier versions wrote no digest; their entry has more digits, and differs from today's.
    split = dataset.get("validation_set", dataset.get("validation"))
    return Run(source.name, split, counts)


def ranked(sources: Sequence[Source], here: Source) -> Row:
    """Rank the runs of `sources` and `here`, lowest WER first.

    Each run is compared with the first. As the first was selected on the same data, every pair
    counts as tested: the significance level of 5 % is divided by the number of pairs (Bonferroni).

    Returns: `runs`, one row each; `looked_at`, their number; `pairs`; `not_ranked`, a line for each
        source that cannot be ranked.
    """
    ours = read_run(here)
    runs, not_ranked = [ours], []
    for source in sources:
        try:
            run = read_run(source)
        except UserError as error:
            not_ranked.append(str(error))
            continue
        if run.split == ours.split:
            runs.append(run)
        else:
            not_ranked.append(f"{run.name}: different validation split")
    # The sort is stable: among equal runs, the working tree comes first.
    runs.sort(key=lambda run: run.validation_wer)
    pairs = len(runs) * (len(runs) - 1) // 2
    return {
        "runs": [_row(run, runs[0], pairs) for run in runs],
        "looked_at": len(runs),
        "pairs": pairs,
        "not_ranked": not_ranked,
    }


def _row(run: Run, best: Run, pairs: int) -> Row:
    low, high = wer_interval(run.counts) or (None, None)
    wer = {"validation_wer": run.validation_wer, "wer_low": low, "wer_high": high}
    row: Row = {"name": run.name} | wer
    if run is best:
        return row
    if different_clips(best.counts, run.counts):
        return row | {"against_first": NOT_COMPARABLE}
    return row | {"against_first": compare(best.counts, run.counts, 1 - ALPHA / pairs).significance}


def ranking_markdown(ranking: Row) -> str:
    """ranking: from `ranked`."""
    rows: list[tuple[object, ...]] = []
    for rank, row in enumerate(ranking["runs"], 1):
        wer, limits = f"{row['validation_wer']:.1%}", interval(row, "wer", ".1%")
        against = row.get("against_first", "-").replace("not shown", "inconclusive")
        rows.append((rank, row["name"], wer, limits, against))
    head = ("rank", "run", "validation WER", "95 % CI", "against the first")
    parts = [markdown_table(head, rows)]
    if ranking["pairs"]:
        parts.append(
            f"The lowest WER of {ranking['looked_at']} runs is optimistic, as it was selected: "
            "report the test WER of the run you choose, once.\n"
            f"The comparisons with the first are corrected for all {ranking['pairs']} pairs "
            "(Bonferroni)."
        )
    if ranking["not_ranked"]:
        parts += ["Not ranked:", bullets(ranking["not_ranked"])]
    return "\n\n".join(parts)
