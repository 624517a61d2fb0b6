"""Two models on the same clips: which is better, how surely, and how much audio would settle it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from stages.common.evaluation.significance.arrays import tables
from stages.common.evaluation.significance.cluster_jackknife import (
    LEAST_RECORDINGS,
    cluster_jackknife,
)
from stages.common.evaluation.significance.student import cumulative, quantile
from stages.common.evaluation.significance.wer_interval import LEVEL, Interval
from stages.common.text.error_counts import ClipErrors

Verdict = Literal["better", "worse", "not shown"]
POWER = 0.8
"""The chance of a clear verdict that the hours to settle a case are reckoned for."""
_MOST_RECORDINGS = 10**7


@dataclass(frozen=True)
class Change:
    """One quantity from the first model to the second, of many pairs at once: shape (...)."""

    value: np.ndarray
    error: np.ndarray
    """Standard error."""
    df: np.ndarray

    def limits(self, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
        reach = quantile((1 + level) / 2, self.df) * self.error
        return self.value - reach, self.value + reach


def difference(words: np.ndarray, first: np.ndarray, second: np.ndarray) -> Change:
    """The second WER less the first. Arrays are (..., recordings, clips), zero where is no clip."""
    total = words.sum((-2, -1))[..., None, None]
    moved = (second - first) / total
    value = moved.sum((-2, -1))
    variance, df = cluster_jackknife(words, moved - value[..., None, None] * words / total)
    return Change(value, np.sqrt(variance), df)


def log_ratio(words: np.ndarray, first: np.ndarray, second: np.ndarray) -> Change:
    """The logarithm of the second WER over the first; the verdict is taken on it.

    A gain is much the same share of the errors in an easy recording and in a hard one, and so a
    very different number of points. The ratio leaves out that difference, and shows a real gain
    more often at the same rate of false alarms. NaN where a model makes no error at all.
    """
    one, two = first.sum((-2, -1)), second.sum((-2, -1))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where((one > 0) & (two > 0), np.log(two / one), np.nan)
        moved = second / two[..., None, None] - first / one[..., None, None]
    variance, df = cluster_jackknife(words, np.nan_to_num(moved))
    return Change(value, np.where(np.isnan(value), np.nan, np.sqrt(variance)), df)


@dataclass(frozen=True)
class Pair:
    """What is known of the second model against the first. None stands where it cannot be told."""

    first_wer: float
    second_wer: float
    difference: float
    """The second WER less the first: below zero is better."""
    difference_interval: Interval | None
    relative_change: float | None
    """The difference as a share of the first WER."""
    relative_interval: Interval | None
    better_probability: float | None
    """Of the second model's WER being the lower one, for recordings like these (from the same t
    distribution as the interval)."""
    verdict: Verdict
    """`better` or `worse` where the interval of the relative change leaves out zero."""
    more_recordings: int | None
    """How many more recordings like these, if the difference is as observed, would show it with a
    chance of 80 %. None where the verdict is clear or there is no difference."""


def compare(
    first: Sequence[ClipErrors], second: Sequence[ClipErrors], level: float = LEVEL
) -> Pair:
    """Judge the second model against the first on the same clips."""
    words, *errors = tables(first, second)
    one, two = (float(x.sum() / words.sum()) for x in errors)
    relative = two / one - 1 if one else None
    recordings = len(words)
    if recordings < LEAST_RECORDINGS:
        return Pair(one, two, two - one, None, relative, None, None, "not shown", None)
    points = difference(words, *errors)
    ratio = log_ratio(words, *errors)
    # A model without errors has no logarithm: then the points must do.
    judged = points if np.isnan(ratio.value) else ratio
    low, high = (float(x) for x in judged.limits(level))
    verdict: Verdict = "better" if high < 0 else "worse" if low > 0 else "not shown"
    return Pair(
        first_wer=one,
        second_wer=two,
        difference=two - one,
        difference_interval=Interval(*map(float, points.limits(level))),
        relative_change=relative,
        relative_interval=(
            Interval(float(np.expm1(low)), float(np.expm1(high))) if judged is ratio else None
        ),
        better_probability=_below_zero(judged),
        verdict=verdict,
        more_recordings=_more(judged, recordings) if verdict == "not shown" else None,
    )


def _below_zero(change: Change) -> float:
    if change.error == 0:
        return 0.5 - 0.5 * float(np.sign(change.value))
    return float(cumulative(-change.value / change.error, change.df))


def _more(change: Change, recordings: int) -> int | None:
    """The fewest more recordings so that the observed change is as long as the interval's half and
    the reach of an unlucky draw together. Variance falls, and degrees of freedom rise, with their
    number."""
    if change.value == 0 or change.error == 0:
        return None

    def settles(number: int) -> bool:
        df = change.df * (number - 1) / (recordings - 1)
        needed = quantile((1 + LEVEL) / 2, df) + quantile(POWER, df)
        return bool(abs(change.value) >= needed * change.error * np.sqrt(recordings / number))

    low, high = recordings, 2 * recordings
    while not settles(high):
        low, high = high, 2 * high
        if high > _MOST_RECORDINGS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if settles(middle) else (middle, high)
    return high - recordings
