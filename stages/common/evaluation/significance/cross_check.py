"""Cross-check of two WERs of one model on the same recordings: windowed and long-form decoding.

Both decode the same audio with the same weights and should make about the same number of errors. A
larger difference points to a fault in decoding or scoring. The jackknife over recordings alone
misses a fault in a single recording: that recording makes up the whole difference, so the standard
error is as large as the difference. Therefore each recording is tested as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from stages.common.evaluation.significance.cluster_jackknife import (
    MIN_RECORDINGS,
    cluster_jackknife,
)
from stages.common.evaluation.significance.wer_interval import Interval

LEVEL = 0.99
TOLERANCE = 0.1
"""Difference that is expected without a fault, as a share of the WER: the two decodings cut the
audio at different places, and long-form decoding covers segments that no clip holds."""
OVERDISPERSION = 4.0
"""Variance of error counts relative to a Poisson count. Errors come in bursts, such as a phrase
that voice activity detection cuts off; but both decodings share many errors (0.8 on the demo)."""
PRIOR_DF = 4
"""Degrees of freedom that Poisson's variance contributes to the variance between recordings."""
_OTHERS_LEVEL = 0.95
_MIN_OTHERS = 2


@dataclass(frozen=True)
class CrossCheck:
    difference: float
    """The WER of long-form decoding less that of windowed decoding."""
    interval: Interval | None
    """Its 99 % confidence interval, over recordings; None with a single recording."""
    differs: bool
    """The whole interval is more than `TOLERANCE` x WER away from zero."""
    outliers: tuple[int, ...]
    """Indices of the recordings in which the two WERs differ by more than chance, in order."""


def cross_check(
    windowed_words: ArrayLike,
    windowed_errors: ArrayLike,
    long_form_words: ArrayLike,
    long_form_errors: ArrayLike,
) -> CrossCheck:
    """Test whether windowed and long-form decoding agree, over all recordings and in each one.

    Over all recordings, a jackknife interval of the difference at 99 %. A recording is an outlier
    if its difference exceeds

    - chance within the recording: burst noise and `TOLERANCE` (as a standard deviation), at a
      family-wise level of 1 % (Bonferroni), and,
    - with 4 recordings or more, the variation of the other recordings' differences at a family-wise
      level of 5 %: the generalized extreme Studentized deviate test (Rosner 1983, "Percentage
      points for a generalized ESD many-outlier procedure"), in which several outliers do not mask
      each other. As few recordings estimate a variance poorly, it is moderated by Poisson's (Smyth
      2004, "Linear models and empirical Bayes methods for assessing differential expression").

    Args:
        windowed_words, windowed_errors: reference words and errors, shape (recordings,).
        long_form_words, long_form_errors: the same for long-form decoding. The reference words may
            be more, as not every segment is in a clip.

    Raises: ValueError without recordings, or if one has no reference words in either decoding.
    """
    words = np.array([windowed_words, long_form_words], float)
    errors = np.array([windowed_errors, long_form_errors], float)
    if words.size == 0 or words.min() <= 0:
        raise ValueError("every recording needs reference words in both decodings")
    windowed, long_form = errors.sum(1) / words.sum(1)
    interval = _interval(words, errors)
    tolerance = TOLERANCE * float(errors.sum() / words.sum())
    return CrossCheck(
        difference=float(long_form - windowed),
        interval=interval,
        differs=interval is not None and (interval.low > tolerance or interval.high < -tolerance),
        outliers=_outliers(words, errors),
    )


def _interval(words: np.ndarray, errors: np.ndarray) -> Interval | None:
    """The 99 % interval of the difference. Arrays of shape (2, recordings), windowed first."""
    if words.shape[1] < MIN_RECORDINGS:
        return None
    total = words.sum(1, keepdims=True)
    wer = errors.sum(1, keepdims=True) / total
    (influence,) = np.diff((errors - wer * words) / total, axis=0)
    variance, df = cluster_jackknife(words.sum(0), influence, 0.0)
    difference = float(wer[1, 0] - wer[0, 0])
    margin = float(stdtrit(df, (1 + LEVEL) / 2) * np.sqrt(variance))
    return Interval(difference - margin, difference + margin)


def _outliers(words: np.ndarray, errors: np.ndarray) -> tuple[int, ...]:
    """Indices of the recordings that fail both tests. Arrays as in `_interval`."""
    recordings = words.shape[1]
    # One error more, so that no variance is zero.
    wer = (errors.sum(0) + 1) / words.sum(0)
    variance = OVERDISPERSION * wer * (1 / words).sum(0) + (TOLERANCE * wer) ** 2
    scores = np.diff(errors / words, axis=0)[0] / np.sqrt(variance)
    limit = ndtri(1 - (1 - LEVEL) / 2 / recordings)
    outliers = set(np.flatnonzero(np.abs(scores) > limit).tolist())
    if outliers and recordings > _MIN_OTHERS + 1:
        outliers &= set(_unlike_others(scores))
    return tuple(sorted(outliers))


def _unlike_others(scores: np.ndarray) -> list[int]:
    """Rosner's test on standardised differences: remove the most extreme one repeatedly; all that
    were removed up to the last significant one are outliers."""
    remaining = np.arange(len(scores))
    removed: list[int] = []
    significant = 0
    while len(remaining) > max(_MIN_OTHERS, len(scores) // 2):
        values = scores[remaining]
        extreme = int(np.argmax(np.abs(values - values.mean())))
        others = np.delete(values, extreme)
        df = PRIOR_DF + len(others) - 1
        squares = PRIOR_DF / OVERDISPERSION + ((others - others.mean()) ** 2).sum()
        error = np.sqrt(squares / df * (1 + 1 / len(others)))
        limit = stdtrit(df, 1 - (1 - _OTHERS_LEVEL) / 2 / len(values))
        removed.append(int(remaining[extreme]))
        if abs(values[extreme] - others.mean()) > limit * error:
            significant = len(removed)
        remaining = np.delete(remaining, extreme)
    return removed[:significant]
