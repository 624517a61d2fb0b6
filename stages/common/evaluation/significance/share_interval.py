"""Intervals of shares, and of rates of rare things, that few recordings of unequal length tell.

Two things make them uncertain: how few there are, and that those of one recording go together. Each
has an interval of its own, and the wider is taken. The second alone would be none at all for 0 of
135, and by chance too narrow for 6 of 9; the first alone takes words of one talk for independent.

Both are of the score's form: they hold every truth from which the observed share lies no further
away than `c` standard errors *of that truth*, so that the wider is that with the larger c. The form
stays within 0 and 1 and is not symmetrical, as few cases demand. On simulated counts the plain
scale, clipped, holds the truth less often wherever recordings differ (82 for 90 % at a recall of
0.9 with a correlation of 0.3 inside of recordings, 6 recordings of 22). The logarithm of the odds
holds it somewhat more often there (95 %) and is up to 40 % wider where few were found, which is
the usual case. None helps where what is rare comes in one recording of six and in no other: of a
share of 0.03 with a correlation of 0.1 to 0.3 they hold 91 to 82 %.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from stages.common.evaluation.significance.cluster_jackknife import (
    LEAST_RECORDINGS,
    cluster_jackknife,
)
from stages.common.evaluation.significance.student import quantile
from stages.common.evaluation.significance.wer_interval import LEVEL, Interval

_TAIL = (1 - LEVEL) / 2
_NORMAL = NormalDist().inv_cdf(1 - _TAIL)
_HALVINGS = 60


def share_interval(found: np.ndarray, of: np.ndarray) -> Interval | None:
    """Of the share found / of, for recordings like these: Wilson's interval (1927), or that of a
    ratio over recordings (see `spread`) where it is wider.

    Args: found, of: counts of shape (recordings, clips); `found` is a part of `of`.
    Returns: None where fewer than two recordings have anything to count: one says nothing about
        the others.
    """
    total, share = float(of.sum()), float(found.sum() / max(of.sum(), 1))
    error = _reach(found, of)
    if error is None:
        return None
    binomial = share * (1 - share) / total
    c2 = max(_NORMAL**2, error**2 / binomial if binomial else 0.0)
    middle = (share + c2 / (2 * total)) / (1 + c2 / total)
    half = np.sqrt(c2 * binomial + (c2 / (2 * total)) ** 2) / (1 + c2 / total)
    return Interval(max(0.0, float(middle - half)), min(1.0, float(middle + half)))


def rate_interval(found: np.ndarray, of: np.ndarray) -> Interval | None:
    """Of the rate found / of, where `found` is no part of `of` and rare: Poisson's exact limits
    (Garwood 1936), or those of a ratio over recordings where they are wider.

    Args and None: as `share_interval`.
    """
    total, count = float(of.sum()), int(found.sum())
    error = _reach(found, of)
    if error is None:
        return None
    low, high = poisson_limits(count)
    if count:
        c2 = (error * total) ** 2 / count
        middle, half = count + c2 / 2, np.sqrt(c2 * (count + c2 / 4))
        low, high = min(low, float(middle - half)), max(high, float(middle + half))
    return Interval(low / total, high / total)


def poisson_limits(count: int) -> tuple[float, float]:
    """Between which the mean lies with 95 % confidence, when `count` were seen."""
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, count + 1)))])
    numbers = np.arange(count + 1)

    def up_to(mean: float, most: int) -> float:
        """The probability of at most so many."""
        return float(np.exp(numbers[: most + 1] * np.log(mean) - mean - logs[: most + 1]).sum())

    far = count + 10 * math.sqrt(count + 1)
    low = _falls_to(1 - _TAIL, lambda mean: up_to(mean, count - 1), far) if count else 0.0
    return low, _falls_to(_TAIL, lambda mean: up_to(mean, count), far)


def _falls_to(value: float, falling: Callable[[float], float], far: float) -> float:
    """Where `falling` is `value`, between 0 and `far`."""
    low, high = 0.0, far
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > value else (low, middle)
    return (low + high) / 2


def _reach(found: np.ndarray, of: np.ndarray) -> float | None:
    """How far found / of may lie from the truth by what differs between recordings."""
    some = of.sum(-1) > 0
    found, of = found[some], of[some]
    if len(of) < LEAST_RECORDINGS:
        return None
    total = of.sum()
    variance, df = cluster_jackknife(of, (found - found.sum() / total * of) / total)
    return float(quantile((1 + LEVEL) / 2, df) * np.sqrt(variance))
