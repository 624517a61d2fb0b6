"""Counts of clips as arrays of shape (recordings, clips)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from stages.common.text.error_counts import ClipErrors


def tables(*models: Sequence[ClipErrors]) -> list[np.ndarray]:
    """Reference words and each model's errors, in the form that `cluster_jackknife` takes.

    Args:
        models: the clips of each model; all models have the same clips.

    Returns: the reference words, then one array of errors per model, see `by_recording`.
    """
    return by_recording(
        (same[0].recording, (same[0].reference_words, *(clip.errors for clip in same)))
        for same in zip(*(sorted(clips) for clips in models), strict=True)
    )


def by_recording(clips: Iterable[tuple[str, Sequence[float]]]) -> list[np.ndarray]:
    """Group the counts of clips by recording.

    Args:
        clips: at least one clip, each with its recording and the same number of counts.

    Returns: one float64 array per count, shape (recordings, clips of the longest recording),
        padded with zeros.
    """
    grouped: dict[str, list[Sequence[float]]] = defaultdict(list)
    for recording, counts in clips:
        grouped[recording].append(counts)
    rows = list(grouped.values())
    arrays = np.zeros((len(rows[0][0]), len(rows), max(map(len, rows))))
    for index, row in enumerate(rows):
        arrays[:, index, : len(row)] = np.array(row).T
    return list(arrays)
