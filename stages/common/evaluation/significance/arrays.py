"""Counts of recordings as arrays of shape (recordings,)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from stages.common.text import error_counts
from stages.common.text.error_counts import ErrorCounts


def tables(*models: Sequence[ErrorCounts]) -> list[np.ndarray]:
    """Reference words and each model's errors, in the form that `cluster_jackknife` takes.

    Args:
        models: the counts of each model, of recordings or of their clips; all models have the
            same recordings.

    Returns: the reference words, then one array of errors per model, see `by_recording`.
    """
    summed = [error_counts.by_recording(counts) for counts in models]
    return by_recording(
        (same[0].recording, (same[0].reference_words, *(one.errors for one in same)))
        for same in zip(*summed, strict=True)
    )


def by_recording(clips: Iterable[tuple[str, Sequence[float]]]) -> list[np.ndarray]:
    """Sum the counts of clips over each recording.

    Args:
        clips: at least one clip, each with its recording and the same number of counts.

    Returns: one float64 array per count, shape (recordings,).
    """
    sums: dict[str, np.ndarray] = {}
    for recording, counts in clips:
        sums[recording] = sums.get(recording, 0.0) + np.array(counts, float)
    return list(np.array(list(sums.values())).T)
