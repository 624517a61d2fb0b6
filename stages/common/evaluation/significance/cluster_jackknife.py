"""Cluster-robust variance of a rate that is estimated from few recordings of unequal length."""

from __future__ import annotations

import numpy as np

MIN_RECORDINGS = 2


def cluster_jackknife(words: np.ndarray, influence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Jackknife variance over recordings, and its degrees of freedom.

    The variance is that of the leave-one-recording-out estimates, linearised: CV3 of MacKinnon,
    Nielsen and Webb (2023), "Fast and reliable jackknife and bootstrap methods for cluster-robust
    inference". The degrees of freedom are Satterthwaite's as proposed by Bell and McCaffrey (2002),
    "Bias reduction in standard errors for linear regression with multi-stage samples": with unequal
    recordings they are fewer than the number of recordings less one. They need a working variance
    of a recording's sum, here a x words + b x words^2, where a is estimated from the clips within
    recordings and b from the remainder. The working variance enters the degrees of freedom alone,
    so a wrong one does little harm. Bell and McCaffrey's own variance (CR2) is smaller with unequal
    recordings, and declared equal models different in more than 5 % of simulated corpora.

    Args:
        words: reference words, shape (..., recordings, clips), zero for padding.
        influence: first-order influence of each clip on the estimate, same shape, zero for padding;
            the sum over all clips is zero.

    Returns: variance and degrees of freedom, each of shape (...).

    Raises: ValueError with fewer than two recordings.
    """
    length, sums = words.sum(-1), influence.sum(-1)
    number = length.shape[-1]
    if number < MIN_RECORDINGS:
        raise ValueError("the variance between recordings needs at least 2 recordings, got 1")
    share = length / length.sum(-1, keepdims=True)
    variance = (number - 1) / number * (sums**2 / (1 - share) ** 2).sum(-1)
    clip_part, recording_part = _variance_components(words, influence, share)
    working = clip_part[..., None] * share + recording_part[..., None] * share**2
    return variance, _degrees_of_freedom(share, working)


def _variance_components(
    words: np.ndarray, influence: np.ndarray, share: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Variance proportional to a recording's share (clips) and to its square (recordings)."""
    length, sums, clips = words.sum(-1), influence.sum(-1), (words > 0).sum(-1)
    within = influence - (sums / length)[..., None] * words
    clip_part = ((within**2).sum(-1) * clips / np.maximum(clips - 1, 1)).sum(-1)
    inequality = (share**2).sum(-1, keepdims=True)
    # CR2, which is unbiased if all variance is between clips. Its expectation is `unit` with b = 1.
    variance = (sums**2 / (1 - share)).sum(-1)
    unit = (share**2 * (1 - 2 * share + inequality) / (1 - share)).sum(-1)
    recording_part = np.maximum(0, (variance - clip_part) / unit)
    # Without any variance, every working variance gives the same degrees of freedom.
    return clip_part, np.where(clip_part + recording_part > 0, recording_part, 1.0)


def _degrees_of_freedom(share: np.ndarray, working: np.ndarray) -> np.ndarray:
    """Satterthwaite's trace(AW)^2 / trace(AWAW), where A is the quadratic form of the variance in
    the recordings' sums and W the diagonal matrix of their working variances."""
    residual = np.eye(share.shape[-1]) - share[..., :, None]
    form = np.swapaxes(residual, -1, -2) @ (residual / (1 - share)[..., :, None] ** 2)
    weighted = form * working[..., None, :]
    trace = np.trace(weighted, axis1=-2, axis2=-1)
    square = (weighted * np.swapaxes(weighted, -1, -2)).sum((-2, -1))
    return np.asarray(np.maximum(1.0, trace**2 / square))
