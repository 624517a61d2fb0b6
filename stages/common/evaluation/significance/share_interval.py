"""Confidence intervals of shares (recall, precision) and of rates of rare events.

Uncertainty has two sources: the number of occurrences, and their correlation within a recording.
Each has its own interval, and the wider one is used. Over recordings alone, 0 of 135 would have no
width, and 6 of 9 would by chance be too narrow; the binomial interval alone takes the words of one
recording for independent.

Both are score intervals: they hold every true share from which the observed one is at most c
standard errors *under that true share* away, so the wider one has the larger c. A score interval
stays within 0 and 1 and is asymmetric, as small counts require. In simulation, an interval on the
plain scale, clipped to [0, 1], covers less where recordings differ (82 % for a nominal 90 %, at a
recall of 0.9 and a correlation of 0.3 within recordings, with 6 recordings of 22 occurrences). An
interval on the log odds covers somewhat more there (95 %) but is up to 40 % wider at small counts,
which are the usual case. No method helps where a rare event occurs in one recording of six only:
for a share of 0.03 with a correlation of 0.1 to 0.3, coverage is 91 to 82 %.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammainccinv, gammaincinv, ndtri, stdtrit

from stages.common.core.interval_text import MIN_RECORDINGS
from stages.common.evaluation.significance.cluster_jackknife import cluster_jackknife
from stages.common.evaluation.significance.wer_interval import LEVEL, Interval

_TAIL = (1 - LEVEL) / 2
_Z = float(ndtri(1 - _TAIL))


def share_interval(hits: np.ndarray, trials: np.ndarray) -> Interval | None:
    """95 % confidence interval of the share hits / trials.

    Wilson's score interval (1927), or the one over recordings (`cluster_jackknife`) if it is wider.

    Args:
        hits: counts of shape (recordings,), each at most the number of trials.
        trials: counts of the same shape.

    Returns: None if too few recordings have trials.
    """
    total, share = float(trials.sum()), float(hits.sum() / max(trials.sum(), 1))
    binomial = share * (1 - share) / max(total, 1)
    margin = _margin_over_recordings(hits, trials, binomial)
    if margin is None:
        return None
    c2 = max(_Z**2, margin**2 / binomial if binomial else 0.0)
    middle = (share + c2 / (2 * total)) / (1 + c2 / total)
    half = np.sqrt(c2 * binomial + (c2 / (2 * total)) ** 2) / (1 + c2 / total)
    return Interval(max(0.0, float(middle - half)), min(1.0, float(middle + half)))


def rate_interval(events: np.ndarray, exposure: np.ndarray) -> Interval | None:
    """95 % confidence interval of the rate events / exposure of rare events.

    The exact Poisson interval, or the one over recordings (`cluster_jackknife`) if it is wider.

    Args:
        events: counts of shape (recordings,).
        exposure: words in which they could have occurred, same shape; may be less than `events`.

    Returns: None if too few recordings have exposure.
    """
    total, count = float(exposure.sum()), int(events.sum())
    margin = _margin_over_recordings(events, exposure, count / max(total, 1) ** 2)
    if margin is None:
        return None
    low, high = poisson_limits(count)
    if count:
        c2 = (margin * total) ** 2 / count
        middle, half = count + c2 / 2, np.sqrt(c2 * (count + c2 / 4))
        low, high = min(low, float(middle - half)), max(high, float(middle + half))
    return Interval(low / total, high / total)


def poisson_limits(count: int) -> tuple[float, float]:
    """Exact 95 % confidence limits of a Poisson mean (Garwood 1936), given one observed count.

    Half the quantiles of chi-square with 2 x count and 2 x count + 2 degrees of freedom, as inverse
    incomplete gamma functions: scipy.stats takes 0.5 s to import, scipy.special 0.1 s.
    """
    low = float(gammaincinv(count, _TAIL)) if count else 0.0
    return low, float(gammainccinv(count + 1, _TAIL))


def _margin_over_recordings(
    counts: np.ndarray, totals: np.ndarray, count_variance: float
) -> float | None:
    """Half the width of the 95 % interval of counts / totals on the plain scale, from the variance
    between recordings. None if too few recordings have a total above zero."""
    present = totals > 0
    counts, totals = counts[present], totals[present]
    if len(totals) < MIN_RECORDINGS:
        return None
    total = totals.sum()
    influence = (counts - counts.sum() / total * totals) / total
    variance, df = cluster_jackknife(totals, influence, count_variance)
    return float(stdtrit(df, 1 - _TAIL) * np.sqrt(variance))
