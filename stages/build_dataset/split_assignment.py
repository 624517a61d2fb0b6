"""Train, validation and test split, and deduplication across them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from stages.common.core.ids import hash_to_unit
from stages.common.core.manifest import Use

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
_UNSEEN: tuple[Split, ...] = ("test", "validation")
"""Splits whose texts no other may hold, by precedence."""


def split_of(key: bytes, group: str, validation: float, test: float) -> Split:
    """The split of a group, by a keyed hash of its id alone: more data never moves it.

    group: id of a person, or of a recording without one; validation, test: shares, 0 to 1.
    """
    position = hash_to_unit(key, "split", group)
    if position < test:
        return "test"
    return "validation" if position < test + validation else "train"


def filled_shares(
    key: bytes, groups: Iterable[str], validation: float, test: float
) -> tuple[float, float] | None:
    """The shares (validation, test) nearest to these with which each split has one of `groups`,
    with few decimals; None for fewer than three groups."""
    positions = sorted(hash_to_unit(key, "split", group) for group in set(groups))
    if len(positions) < len(SPLITS):
        return None
    if not positions[0] < test <= positions[-2]:
        test = _between(positions[0], positions[1])
    rest = [position for position in positions if position >= test]
    if not rest[0] < test + validation <= rest[-1]:
        validation = round(_between(rest[0], rest[1]) - test, 15)
    return validation, test


def _between(low: float, high: float) -> float:
    """A number over `low` and up to `high`, of as few decimals as possible."""
    numbers = (math.floor(high * 10.0**digits) / 10.0**digits for digits in range(1, 16))
    return next((number for number in numbers if low < number <= high), high)


class _Recording(Protocol):
    """A recording of a manifest, or one that is still to be segmented."""

    @property
    def id(self) -> str: ...
    @property
    def group(self) -> str: ...
    @property
    def use(self) -> Use: ...


@dataclass(frozen=True)
class Assignment:
    splits: dict[str, Split]
    """Recording -> its split."""
    left_out: dict[str, Split]
    """Recording that only training may have -> the split in which its client is already."""


def assign(
    recordings: Iterable[_Recording], key: bytes, validation: float, test: float
) -> Assignment:
    """The split of each recording; those for training only count in no share.

    A client's recordings for training only are in no split if the client's others are in validation
    or test: a model that has learned a voice is not tested on it.
    """
    recordings = list(recordings)
    splits: dict[str, Split] = {}
    left_out: dict[str, Split] = {}
    unseen: dict[str, Split] = {}
    for recording in recordings:
        if recording.use == "all":
            split = split_of(key, recording.group, validation, test)
            splits[recording.id] = split
            if split in _UNSEEN:
                unseen[recording.group] = split
    for recording in recordings:
        if recording.use == "train":
            if recording.group in unseen:
                left_out[recording.id] = unseen[recording.group]
            else:
                splits[recording.id] = "train"
    return Assignment(splits, left_out)


def texts_in_other_splits(
    splits: Sequence[Split | None], digests: Sequence[int]
) -> Iterator[tuple[int, Split]]:
    """Segments whose text also occurs in a split with precedence: test, then validation.

    Args:
        splits: of each segment; None for a dropped one.
        digests: of each text; 0 for a short one ("yes I think so"), which several splits may hold.

    Yields: the segment's index and the split that keeps its text. The caller may set the segment's
        split to None at once.
    """
    keepers: dict[int, Split] = {}
    for unseen in _UNSEEN:
        for split, digest in zip(splits, digests, strict=True):
            if split == unseen and digest:
                keepers.setdefault(digest, unseen)
    for index, (split, digest) in enumerate(zip(splits, digests, strict=True)):
        keeper = keepers.get(digest) if split else None
        if split and keeper and SPLITS.index(split) < SPLITS.index(keeper):
            yield index, keeper
