"""Metrics of memorization on training audio: training clips against validation clips.

Membership inference: the better a clip's loss tells whether the model was trained on it, the more
the model memorized. Clips differ in difficulty, and so do the two splits by chance. A clip's score
is therefore the tuned model's confidence less the base's (difficulty calibration: Watson et al.
2022, "On the importance of difficulty calibration in membership inference attacks"), with the
confidence log(p / (1 - p)) of p, the geometric mean of the probabilities of the reference's tokens
(Carlini et al. 2022, "Membership inference attacks from first principles"). On the scale of the
loss itself, which tuning brings close to 0, the difference would be the base's loss and little
else. Continuation: how often the model writes words from after the point at which a clip was cut.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import stdtrit
from scipy.stats import rankdata

from stages.common.core.files import Row
from stages.common.evaluation.significance.arrays import by_recording
from stages.common.evaluation.significance.cluster_jackknife import (
    MIN_RECORDINGS,
    cluster_jackknife,
)
from stages.common.evaluation.significance.share_interval import share_interval
from stages.common.evaluation.significance.wer_interval import LEVEL, Interval
from stages.common.text.normalizer import scoring_form

_SMALLEST_LOSS = 1e-6
"""Nats per token; below it float32 has no digits left."""
RUN = 3
"""Consecutive words that count as a continuation: any model guesses one or two of the next."""


def base_membership_metrics(base: Sequence[Row], language: str) -> dict[str, Any]:
    """The base model's loss and continuations. base: its rows of `run_membership_tests`."""
    return _loss_metrics(base) | continuation_metrics(base, language)


def membership_metrics(tuned: Sequence[Row], base: Sequence[Row], language: str) -> dict[str, Any]:
    """The tuned model's, with the calibrated `membership_auc`, whose value for the base is 0.5.

    Words before and after the cut are those that the base aligned, for both models.
    """
    own = {row["id"]: row for row in tuned}
    pairs = [(row, own[row["id"]]) for row in base]
    cut = [row | {"hypothesis": mine["hypothesis"]} for row, mine in pairs if "hypothesis" in row]
    scored = [
        row | {"score": confidence(mine["loss"]) - confidence(row["loss"])} for row, mine in pairs
    ]
    auc, interval = membership_auc(scored)
    return (
        _loss_metrics(tuned)
        | {
            "membership_auc": auc,
            "membership_auc_by_base": None if auc is None else 0.5,
            "membership_auc_low": interval.low if interval else None,
            "membership_auc_high": interval.high if interval else None,
        }
        | continuation_metrics(cut, language)
    )


def confidence(loss: float) -> float:
    """log(p / (1 - p)) of p = exp(-loss)."""
    return -loss - math.log(-math.expm1(-max(loss, _SMALLEST_LOSS)))


def membership_auc(rows: Sequence[Row]) -> tuple[float | None, Interval | None]:
    """The probability that a training clip's `score` is above a validation clip's, half for a tie,
    with its 95 % interval over recordings.

    The variance is DeLong's (1988, "Comparing the areas under two or more correlated receiver
    operating characteristic curves") with clips clustered in recordings (Obuchowski 1997,
    "Nonparametric analysis of clustered ROC curve data"), by the jackknife in each split.

    Returns: None without clips in both splits; no interval with fewer than two recordings in one.
    """
    train, validation = (
        [row for row in rows if row["split"] == split] for split in ("train", "validation")
    )
    if not train or not validation:
        return None, None
    first, second = (np.array([row["score"] for row in side]) for side in (train, validation))
    placements = _placements(first, second), 1 - _placements(second, first)
    auc = float(placements[0].mean())
    clips = [
        by_recording(
            (row["recording"], (1.0, value))
            for row, value in zip(side, (values - values.mean()) / len(values), strict=True)
        )
        for side, values in zip((train, validation), placements, strict=True)
    ]
    if min(len(ones) for ones, _ in clips) < MIN_RECORDINGS:
        return auc, None
    independent = [float(values.var()) / len(values) for values in placements]
    variances, dfs = np.array(
        [
            cluster_jackknife(ones, influence, each)
            for (ones, influence), each in zip(clips, independent, strict=True)
        ]
    ).T
    variance = variances.sum()
    if variance == 0:
        return auc, Interval(auc, auc)
    # Welch and Satterthwaite's degrees of freedom of a sum of two variances.
    df = variance**2 / (variances**2 / dfs).sum()
    margin = float(stdtrit(df, (1 + LEVEL) / 2) * np.sqrt(variance))
    return auc, Interval(max(0.0, auc - margin), min(1.0, auc + margin))


def continuation_metrics(rows: Sequence[Row], language: str) -> dict[str, Any]:
    """How many cut clips of each split are continued with their cut-away words, and by how much the
    share of training clips exceeds that of validation clips, with its 95 % interval.

    A clip with fewer than `RUN` words after the cut does not count. The interval is Newcombe's
    hybrid score interval (1998, "Interval estimation for the difference between independent
    proportions", method 10), from both shares' own intervals, which are over recordings.
    """
    counts: dict[str, list[tuple[str, list[int]]]] = {"train": [], "validation": []}
    for row in rows:
        if "hypothesis" in row and len(scoring_form(row["cut_away"], language).split()) >= RUN:
            counts[row["split"]].append((row["recording"], [continues_cut_words(row, language), 1]))
    metrics: dict[str, Any] = {}
    shares, limits = [], []
    for split, clips in counts.items():
        continued = sum(hit for _, (hit, _) in clips)
        metrics[f"cut_clips_{split}"] = len(clips)
        metrics[f"continued_{split}"] = continued
        if clips:
            shares.append(continued / len(clips))
            hits, trials = by_recording(clips)
            limits.append(share_interval(hits, trials))
    excess = shares[0] - shares[1] if len(shares) == 2 else None
    low = high = None
    known = [limit for limit in limits if limit]
    if excess is not None and len(known) == 2:
        below, above = np.subtract(known, np.array(shares)[:, None]).T
        low = excess - float(np.hypot(below[0], above[1]))
        high = excess + float(np.hypot(above[0], below[1]))
    return metrics | {
        "continued_excess": excess, "continued_excess_low": low, "continued_excess_high": high,
    }  # fmt: skip


def continues_cut_words(row: Mapping[str, Any], language: str) -> bool:
    """Whether the hypothesis of a cut clip holds `RUN` consecutive words, in scoring form, of those
    cut away, that are not a run before the cut as well."""
    hypothesis, cut_away, spoken = (
        _runs(row[name], language) for name in ("hypothesis", "cut_away", "spoken")
    )
    return bool((hypothesis & cut_away) - spoken)


def _runs(text: str, language: str) -> set[tuple[str, ...]]:
    words = scoring_form(text, language).split()
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def _loss_metrics(rows: Sequence[Row]) -> dict[str, Any]:
    """Mean losses, and how well the loss alone tells the splits apart."""
    auc, _ = membership_auc([row | {"score": -row["loss"]} for row in rows])
    means = {
        f"loss_{split}": float(np.mean(losses)) if losses else None
        for split in ("train", "validation")
        for losses in [[row["loss"] for row in rows if row["split"] == split]]
    }
    return {"membership_clips": len(rows), **means, "loss_auc": auc}


def _placements(values: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The share of `others` below each value, half for a tie; shape (values,)."""
    joint = rankdata(np.concatenate([values, others]))[: len(values)]
    return np.asarray((joint - rankdata(values)) / len(others))
