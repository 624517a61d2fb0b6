"""The interval of one model's WER."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from stages.common.evaluation.significance.arrays import tables
from stages.common.evaluation.significance.cluster_jackknife import (
    LEAST_RECORDINGS,
    cluster_jackknife,
)
from stages.common.evaluation.significance.student import quantile
from stages.common.text.error_counts import ClipErrors

LEVEL = 0.95


class Interval(NamedTuple):
    low: float
    high: float


def wer_limits(words: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Limits between which the WER lies with 95 % confidence, for recordings like these.

    They are symmetrical in the logarithm: recordings differ by factors, not by points, and with few
    of them the plain scale covers too little.

    Args: words, errors: shape (..., recordings, clips), zero where there is no clip.
    Returns: low and high, each of shape (...). Without any error the high one is that of words
        which are wrong or right by themselves (the rule of three, at 97.5 %).
    """
    total, wrong = words.sum((-2, -1)), errors.sum((-2, -1))
    some = np.where(wrong > 0, wrong, 1)
    influence = errors / some[..., None, None] - words / total[..., None, None]
    variance, df = cluster_jackknife(words, np.where((wrong > 0)[..., None, None], influence, 0.0))
    reach = np.exp(quantile((1 + LEVEL) / 2, df) * np.sqrt(variance))
    wer = wrong / total
    # The probability of no error in all these words is (1 - WER)^words.
    clean = -np.expm1(np.log((1 - LEVEL) / 2) / total)
    return wer / reach, np.where(wrong > 0, wer * reach, clean)


def wer_interval(clips: Sequence[ClipErrors]) -> Interval | None:
    """The interval of the WER over these clips; None where a single recording cannot give one."""
    words, errors = tables(clips)
    if len(words) < LEAST_RECORDINGS:
        return None
    low, high = wer_limits(words, errors)
    return Interval(float(low), float(high))
