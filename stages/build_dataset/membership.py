"""Training and validation segments on which `baseline` and `evaluate` measure memorization.

Both sets hold segments cut in the same way, of the same lengths: windows of the training split are
up to 30 s long, those of validation a segment each, and any measure would tell them apart.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from heapq import nsmallest
from typing import Literal, NamedTuple, get_args

from stages.build_dataset.planning import Survey
from stages.build_dataset.windows import Window
from stages.common.core.ids import hash_to_unit
from stages.common.core.manifest import Recording, Segment

Side = Literal["train", "validation"]
SIDES: tuple[Side, ...] = get_args(Side)
MAX_PAIRS = 200
"""Each of the two clips costs each model about a third of a window."""
MIN_WORDS = 6
"""Shorter segments have too few words after their middle."""
_CANDIDATES = 5 * MAX_PAIRS
"""Training segments drawn, to choose from by length."""
_TOLERANCE = 0.1
"""Largest difference of length in a pair, as a share of the validation segment's."""


class _Candidate(NamedTuple):
    """In the order in which they are drawn."""

    draw: float
    segment: Segment


Pair = tuple[Segment, Segment]
"""A training segment and a validation segment."""


def draw_pairs(
    segments: Iterable[Segment], survey: Survey, recordings: Mapping[str, Recording], key: bytes
) -> list[Pair]:
    """Up to `MAX_PAIRS` validation segments, each with a training segment of nearly equal length.

    The draw depends on the key and the ids. Recordings for training only are left out: validation
    has no such speech.

    Args:
        segments: those surveyed, in their order.

    Returns: the pairs in the order of the draw; no segment is in two.
    """
    drawn: dict[Side, list[_Candidate]] = {side: [] for side in SIDES}
    limits = {"train": _CANDIDATES, "validation": MAX_PAIRS}
    for segment, split in zip(segments, survey.splits, strict=True):
        if split not in SIDES or recordings[segment.recording].use == "train":
            continue
        if len(segment.text.split()) >= MIN_WORDS:
            candidates = drawn[split]
            candidates.append(_Candidate(hash_to_unit(key, "membership", segment.id), segment))
            if len(candidates) > 2 * limits[split]:
                candidates[:] = nsmallest(limits[split], candidates, key=_drawn)
    return _matched(*(nsmallest(limits[side], drawn[side], key=_drawn) for side in SIDES))


def single_window(segment: Segment) -> Window:
    """The window of one segment, as validation has it."""
    speech = segment.speech_start - segment.start, segment.speech_end - segment.start
    return Window([segment], [(segment.start, segment.end)], [(*speech, segment.text)])


def _drawn(candidate: _Candidate) -> float:
    return candidate.draw


def _matched(train: list[_Candidate], validation: list[_Candidate]) -> list[Pair]:
    """To each validation segment, in the order of the draw, the free one of nearest length."""
    free = sorted((c.segment for c in train), key=lambda segment: (segment.seconds, segment.id))
    pairs: list[Pair] = []
    for _, segment in validation:
        at = bisect_left(free, segment.seconds, key=lambda other: other.seconds)
        near = [index for index in (at - 1, at) if 0 <= index < len(free)]
        if not near:
            break
        best = min(near, key=lambda index: abs(free[index].seconds - segment.seconds))
        if abs(free[best].seconds - segment.seconds) <= _TOLERANCE * segment.seconds:
            pairs.append((free.pop(best), segment))
    return pairs
