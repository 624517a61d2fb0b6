"""Errors clip by clip, as `metrics/errors.csv` keeps them in git: ids and counts, no text."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np

from stages.common.errors import Fault


@dataclass(frozen=True, order=True)
class ClipErrors:
    clip: str
    """`<recording>-<number>`."""
    recording: str
    """A salted id (stages/common/ids.py)."""
    reference_words: int
    substitutions: int
    deletions: int
    insertions: int

    @property
    def errors(self) -> int:
        return self.substitutions + self.deletions + self.insertions


_NAMES = [field.name for field in fields(ClipErrors)]


def to_csv(clips: Iterable[ClipErrors]) -> str:
    """A header and one line a clip, sorted by id."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_NAMES)
    writer.writerows(astuple(clip) for clip in sorted(clips))
    return out.getvalue()


def from_csv(text: str, where: str) -> list[ClipErrors]:
    """What `to_csv` wrote. `where` names the file in messages.

    Raises: Fault if the text is not of that form; the message does not repeat it.
    """
    rows = csv.reader(io.StringIO(text))
    if next(rows, None) != _NAMES:
        raise Fault(f"{where}: the first line is not {','.join(_NAMES)}")
    clips = []
    for number, row in enumerate(rows, 2):
        try:
            clip, recording, *counts = row
            words, subs, dels, ins = (int(count) for count in counts)
        except ValueError:
            raise Fault(f"{where}: line {number} is not two ids and four counts") from None
        if words < 1 or min(subs, dels, ins) < 0:
            raise Fault(f"{where}: line {number} holds a count that cannot be")
        clips.append(ClipErrors(clip, recording, words, subs, dels, ins))
    if not clips:
        raise Fault(f"{where}: no clips")
    return clips


def tables(*models: Sequence[ClipErrors]) -> list[np.ndarray]:
    """The counts as arrays, recordings by clips, for `stages.common.verdict.spread`.

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
