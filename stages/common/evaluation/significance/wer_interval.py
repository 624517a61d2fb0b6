"""Confidence interval of one model's WER."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from stages.common.core.interval_text import MIN_RECORDINGS
from stages.common.evaluation.significance.arrays import tables
from stages.common.evaluation.significance.cluster_jackknife import cluster_jackknife
from stages.common.text.error_counts import ErrorCounts

LEVEL = 0.95
_MAX_FACTOR = 10.0
"""From the WER to its upper limit. A wider interval says nothing: it comes from very few or very
unequal recordings."""


class Interval(NamedTuple):
    low: float
    high: float


def wer_limits(words: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Limits of the 95 % confidence interval of the WER.

    The interval is symmetric in the logarithm: recordings differ by factors, not by points, and
    with few recordings an interval on the plain scale covers too little.

    Args:
        words: reference words, shape (..., recordings).
        errors: same shape.

    Returns: lower and upper limit, each of shape (...). Without any error the upper limit is the
        exact binomial one of independent words (the rule of three, at 97.5 %).
    """
    total, wrong = words.sum(-1), errors.sum(-1)
    divisor = np.where(wrong > 0, wrong, 1)
    influence = errors / divisor[..., None] - words / total[..., None]
    # The variance of a Poisson count's logarithm is 1 / count.
    variance, df = cluster_jackknife(
        words, np.where((wrong > 0)[..., None], influence, 0.0), 1 / divisor
    )
    factor = np.exp(stdtrit(df, (1 + LEVEL) / 2) * np.sqrt(variance))
    wer = wrong / total
    # The probability of no error in all these words is (1 - WER)^words.
    without_errors = -np.expm1(np.log((1 - LEVEL) / 2) / total)
    return wer / factor, np.where(wrong > 0, wer * factor, without_errors)


def wer_interval(counts: Sequence[ErrorCounts]) -> Interval | None:
    """The 95 % confidence interval of the WER over the recordings of `counts`; None with too few of
    them."""
    words, errors = tables(counts)
    if len(words) < MIN_RECORDINGS:
        return None
    low, high = (float(limit) for limit in wer_limits(words, errors))
    wide = errors.any() and high > _MAX_FACTOR * errors.sum() / words.sum()
    return None if wide else Interval(low, high)
