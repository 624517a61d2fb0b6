"""How far a rate may lie from the truth when few recordings of unequal length tell it."""

from __future__ import annotations

import numpy as np

LEAST_RECORDINGS = 2


def cluster_jackknife(words: np.ndarray, influence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Variance of an estimate over recordings, and the degrees of freedom to judge it by.

    The variance is the jackknife's, linearised: that of the estimates which each leave out one
    recording (CV3 of MacKinnon, Nielsen and Webb 2023, "Fast and reliable jackknife and bootstrap
    methods for cluster-robust inference"). The degrees of freedom are Satterthwaite's, as Bell and
    McCaffrey propose (2002, "Bias reduction in standard errors for linear regression with
    multi-stage samples"): unequal recordings have fewer than their number less one. How unequal
    counts depends on where the errors' spread comes from; for that, the variance of a recording's
    sum is taken as a x words + b x words^2, with a measured between the clips inside of recordings
    and b as what is left. That enters the degrees of freedom alone, so that a wrong one does little
    harm. Bell and McCaffrey's own variance (CR2) is smaller where recordings are unequal, and
    called equal models different in over 5 % of simulated cases.

    Args:
        words: reference words, shape (..., recordings, clips), zero where there is no clip.
        influence: what each clip moves the estimate by (to first order), of the same shape, zero
            where there is no clip; over all clips it sums to zero.
    Returns: variance and degrees of freedom, each of shape (...).
    Raises: ValueError with fewer than two recordings.
    """
    length, sums = words.sum(-1), influence.sum(-1)
    if length.shape[-1] < LEAST_RECORDINGS:
        raise ValueError("one recording says nothing about the spread between recordings")
    share = length / length.sum(-1, keepdims=True)
    number = length.shape[-1]
    variance = (number - 1) / number * (sums**2 / (1 - share) ** 2).sum(-1)
    clip_part, recording_part = _parts(words, influence, share)
    working = clip_part[..., None] * share + recording_part[..., None] * share**2
    return variance, _degrees(share, working)


def _parts(
    words: np.ndarray, influence: np.ndarray, share: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Variance from clips, in proportion to a recording's share; from recordings, to its square."""
    length, sums, clips = words.sum(-1), influence.sum(-1), (words > 0).sum(-1)
    within = influence - (sums / length)[..., None] * words
    clip_part = ((within**2).sum(-1) * clips / np.maximum(clips - 1, 1)).sum(-1)
    unequal = (share**2).sum(-1, keepdims=True)
    # CR2: where all comes from clips it has no bias. With b = 1 it would be `unit` on average.
    variance = (sums**2 / (1 - share)).sum(-1)
    unit = (share**2 * (1 - 2 * share + unequal) / (1 - share)).sum(-1)
    recording_part = np.maximum(0, (variance - clip_part) / unit)
    # No spread at all: any working variance does.
    return clip_part, np.where(clip_part + recording_part > 0, recording_part, 1.0)


def _degrees(share: np.ndarray, working: np.ndarray) -> np.ndarray:
    """trace(AW)^2 / trace(AWAW), where the variance is the quadratic form A in the recordings' sums
    and W their working variance."""
    residual = np.eye(share.shape[-1]) - share[..., :, None]
    form = np.swapaxes(residual, -1, -2) @ (residual / (1 - share)[..., :, None] ** 2)
    weighted = form * working[..., None, :]
    trace = np.trace(weighted, axis1=-2, axis2=-1)
    square = (weighted * np.swapaxes(weighted, -1, -2)).sum((-2, -1))
    return np.asarray(np.maximum(1.0, trace**2 / square))
