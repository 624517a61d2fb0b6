"""DVC experiments by validation WER, with what looking at many of them costs.

The WER is that of the converted model, heard through faster-whisper as the test split is: of what
is shipped, not of what the Trainer decoded clip by clip. Never test WER: a model picked by it has
been fitted to the test split.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stages.common.core.errors import UserError
from stages.common.core.files import Row
from stages.common.evaluation.comparison.evaluated import read_object
from stages.common.evaluation.comparison.revisions import Source
from stages.common.evaluation.significance.comparison import compare
from stages.common.evaluation.significance.wer_interval import wer_interval
from stages.common.text.error_counts import ClipErrors, from_csv

COUNTS = "metrics/errors_validation.csv"
"""Validation's errors clip by clip, in the form of `metrics/errors.csv`."""
ALPHA = 0.05


@dataclass(frozen=True)
class Run:
    name: str
    side: Any
    """The validation side as metrics/dataset.json counts it."""
    clips: list[ClipErrors]

    @property
    def validation_wer(self) -> float:
        return sum(c.errors for c in self.clips) / sum(c.reference_words for c in self.clips)


def read_run(source: Source) -> Run:
    """Raises: UserError where a metric is missing."""
    side = read_object(source, "metrics/dataset.json").get("validation")
    clips = from_csv(source.needed(COUNTS), f"{source.name}: {COUNTS}")
    return Run(source.name, side, clips)


def ranked(sources: Sequence[Source], here: Source) -> Row:
    """The runs in order, best first, and what could not be ranked.

    Each run is held against the first. As that one was picked by the same numbers, every pair
    counts as looked at: an interval's error is 5 % divided by the number of pairs (Bonferroni).
    """
    ours = read_run(here)
    runs, others = [ours], []
    for source in sources:
        try:
            run = read_run(source)
        except UserError as fault:
            others.append(str(fault))
            continue
        if run.side == ours.side:
            runs.append(run)
        else:
            others.append(f"{run.name}: another validation side")
    # Where two are alike, the one that stands here comes first.
    runs.sort(key=lambda run: run.validation_wer)
    pairs = len(runs) * (len(runs) - 1) // 2
    return {
        "runs": [_row(run, runs[0], pairs) for run in runs],
        "looked_at": len(runs),
        "pairs": pairs,
        "not_ranked": others,
    }


def _row(run: Run, best: Run, pairs: int) -> Row:
    low, high = wer_interval(run.clips) or (None, None)
    row: Row = {
        "name": run.name,
        "validation_wer": run.validation_wer,
        "wer_low": low,
        "wer_high": high,
    }
    if run is best:
        return row
    if {(c.clip, c.reference_words) for c in run.clips} != {
        (c.clip, c.reference_words) for c in best.clips
    }:
        return row | {"against_first": "not comparable"}
    return row | {"against_first": compare(best.clips, run.clips, 1 - ALPHA / pairs).significance}


def ranking_markdown(found: Row) -> str:
    lines = [
        "| | run | validation WER | 95 % interval | against the first |",
        "|---|---|---|---|---|",
    ]
    for place, row in enumerate(found["runs"], 1):
        known = row["wer_low"] is not None
        limits = f"{row['wer_low']:.1%} to {row['wer_high']:.1%}" if known else "-"
        lines.append(
            f"| {place} | {row['name']} | {row['validation_wer']:.1%} | {limits} "
            f"| {row.get('against_first', '-')} |"
        )
    if found["pairs"]:
        lines += [
            "",
            f"{found['looked_at']} runs were looked at, each by its converted model. The lowest "
            "WER of so many is too low by luck: report the test WER of the one you take, once.",
            f"What is said against the first allows for all {found['pairs']} pairs (Bonferroni).",
        ]
    if found["not_ranked"]:
        lines += ["", "Not ranked:", "", *(f"- {line}" for line in found["not_ranked"])]
    return "\n".join(lines)
