"""Paired comparison of two models on the same clips: significance, and recordings needed.

Two models share errors, so the variance of their difference is smaller than that of independent
counts: half of it, if they share half (the share is 0.6 in bench/intervals.py)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import stdtr, stdtrit

from stages.common.core.interval_text import MIN_RECORDINGS
from stages.common.evaluation.significance.arrays import tables
from stages.common.evaluation.significance.cluster_jackknife import cluster_jackknife
from stages.common.evaluation.significance.wer_interval import LEVEL, Interval
from stages.common.text.error_counts import ErrorCounts

Significance = Literal["better", "worse", "not shown"]
POWER = 0.8
"""Probability that the recordings needed give a significant result, if the change is as observed.
"""
_MAX_RECORDINGS = 10**7
_NOT_SHARED = 0.5
"""Share of each model's errors that the other does not make."""


@dataclass(frozen=True)
class Change:
    """The change of one quantity from the first model to the second; arrays of shape (...), one
    element per corpus."""

    value: np.ndarray
    error: np.ndarray
    """Standard error."""
    df: np.ndarray
    """Degrees of freedom of `error`."""

    def limits(self, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper limit of the confidence interval, each of shape (...)."""
        margin = stdtrit(self.df, (1 + level) / 2) * self.error
        return self.value - margin, self.value + margin


def difference(words: np.ndarray, first: np.ndarray, second: np.ndarray) -> Change:
    """The WER of the second model less that of the first.

    Args:
        words: reference words, shape (..., recordings).
        first, second: each model's errors, same shape.
    """
    total = words.sum(-1, keepdims=True)
    contribution = (second - first) / total
    value = contribution.sum(-1)
    counts = _NOT_SHARED * (first + second).sum(-1) / words.sum(-1) ** 2
    influence = contribution - value[..., None] * words / total
    variance, df = cluster_jackknife(words, influence, counts)
    return Change(value, np.sqrt(variance), df)


def log_ratio(words: np.ndarray, first: np.ndarray, second: np.ndarray) -> Change:
    """The logarithm of the second WER over the first, on which significance is decided.

    A better model removes about the same share of the errors of an easy and of a hard recording,
    hence a very different number of points. The ratio leaves that variation out: at the same rate
    of false alarms it detects a real improvement more often.

    Args: see `difference`.
    Returns: NaN where one of the models makes no error at all.
    """
    one, two = first.sum(-1), second.sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where((one > 0) & (two > 0), np.log(two / one), np.nan)
        influence = second / two[..., None] - first / one[..., None]
        counts = _NOT_SHARED * (1 / one + 1 / two)
    counts = np.where(np.isnan(value), 0.0, counts)
    variance, df = cluster_jackknife(words, np.nan_to_num(influence), counts)
    return Change(value, np.where(np.isnan(value), np.nan, np.sqrt(variance)), df)


@dataclass(frozen=True)
class PairedComparison:
    """The second model against the first. None where a value is undefined."""

    first_wer: float
    second_wer: float
    difference: float
    """The second WER less the first: negative is better."""
    difference_interval: Interval | None
    relative_change: float | None
    """The difference divided by the first WER."""
    relative_interval: Interval | None
    better_probability: float | None
    """One-sided confidence that the second model has the lower WER, from the t distribution of the
    interval."""
    significance: Significance
    """`better` or `worse` if the interval of the relative change excludes zero."""
    additional_recordings: int | None
    """Recordings needed besides these for a power of 80 %, if the change is as observed. None if
    the change is significant already, or zero."""


def compare(
    first: Sequence[ErrorCounts], second: Sequence[ErrorCounts], level: float = LEVEL
) -> PairedComparison:
    """Compare the second model with the first on the same clips.

    Args:
        first, second: the counts of each model; both have the same recordings.
        level: confidence level of the intervals and of `significance`.
    """
    words, *errors = tables(first, second)
    one, two = (float(x.sum() / words.sum()) for x in errors)
    relative = two / one - 1 if one else None
    recordings = len(words)
    if recordings < MIN_RECORDINGS:
        return PairedComparison(one, two, two - one, None, relative, None, None, "not shown", None)
    points = difference(words, *errors)
    ratio = log_ratio(words, *errors)
    # The logarithm is undefined for a model without errors: points decide.
    tested = points if np.isnan(ratio.value) else ratio
    low, high = (float(x) for x in tested.limits(level))
    significance: Significance = "better" if high < 0 else "worse" if low > 0 else "not shown"
    return PairedComparison(
        first_wer=one,
        second_wer=two,
        difference=two - one,
        difference_interval=Interval(*map(float, points.limits(level))),
        relative_change=relative,
        relative_interval=(
            Interval(float(np.expm1(low)), float(np.expm1(high))) if tested is ratio else None
        ),
        better_probability=_probability_below_zero(tested),
        significance=significance,
        additional_recordings=(
            recordings_needed(tested, recordings, level) if significance == "not shown" else None
        ),
    )


def _probability_below_zero(change: Change) -> float:
    if change.error == 0:
        return 0.5 - 0.5 * float(np.sign(change.value))
    return float(stdtr(change.df, -change.value / change.error))


def recordings_needed(change: Change, recordings: int, level: float = LEVEL) -> int | None:
    """Recordings needed besides `recordings` for a power of 80 %, if the change is as observed.

    The standard error falls with the square root of the number of recordings, and the degrees of
    freedom rise in proportion to it.

    Args:
        change: of a single corpus, arrays of shape ().
        recordings: number of recordings it was measured on.

    Returns: None if the change is zero or more than 10 million recordings are needed.
    """
    if change.value == 0 or change.error == 0:
        return None

    def has_power(number: int) -> bool:
        df = change.df * (number - 1) / (recordings - 1)
        needed = stdtrit(df, (1 + level) / 2) + stdtrit(df, POWER)
        return bool(abs(change.value) >= needed * change.error * np.sqrt(recordings / number))

    candidates = range(recordings + 1, _MAX_RECORDINGS + 1)
    index = bisect_left(candidates, True, key=has_power)
    return candidates[index] - recordings if index < len(candidates) else None
