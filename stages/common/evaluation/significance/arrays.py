"""Error counts of clips as arrays, recordings by clips."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from stages.common.text.error_counts import ClipErrors


def tables(*models: Sequence[ClipErrors]) -> list[np.ndarray]:
    """The counts as arrays, recordings by clips, for `stages.common.evaluation.significance.cluster_jackknife`.

    Args: models: each a model's clips, all the same clips.
    Returns: float64 arrays, each of shape (recordings, most clips in one), zero where a recording
        has no more clips: the reference words, then each model's errors.
    """
    return by_recording(
        (same[0].recording, (same[0].reference_words, *(clip.errors for clip in same)))
        for same in zip(*(sorted(clips) for clips in models), strict=True)
    )


def by_recording(clips: Iterable[tuple[str, Sequence[int]]]) -> list[np.ndarray]:
    """Counts of clips as arrays, see `tables`.

    Args: clips: at least one, each its recording and as many counts as the others.
    Returns: one float64 array a count, shape (recordings, most clips in one).
    """
    found: dict[str, list[Sequence[int]]] = defaultdict(list)
    for recording, counts in clips:
        found[recording].append(counts)
    rows = list(found.values())
    filled = np.zeros((len(rows[0][0]), len(rows), max(map(len, rows))))
    for at, row in enumerate(rows):
        filled[:, at, : len(row)] = np.array(row).T
    return list(filled)
