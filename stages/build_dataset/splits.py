"""Who goes to which side, and which texts stand on two sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from stages.common.core.ids import hash_to_unit

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")


def split_of(key: bytes, group: str, validation: float, test: float) -> Split:
    """The side of a group: a keyed hash of its id alone, so that more data never moves it."""
    place = hash_to_unit(key, "split", group)
    if place < test:
        return "test"
    return "validation" if place < test + validation else "train"


def texts_in_other_splits(
    owners: Sequence[Split | None], digests: Sequence[int]
) -> Iterator[tuple[int, Split]]:
    """Segments whose text also stands on a side that must stay unseen.

    Args:
        owners: the side of each segment, None for one that counts nowhere.
        digests: of each segment's text; 0 for a short one ("yes I think so"), which belongs to
            everybody and is left alone.

    Yields: a segment's place, and the side that keeps its text: test before validation before
    train. The caller may take that segment's owner away at once.
    """
    keeps: dict[int, Split] = {}
    for side in ("test", "validation"):
        for own, digest in zip(owners, digests, strict=True):
            if own == side and digest:
                keeps.setdefault(digest, side)
    for place, (own, digest) in enumerate(zip(owners, digests, strict=True)):
        keeper = keeps.get(digest) if own else None
        if own and keeper and SPLITS.index(own) < SPLITS.index(keeper):
            yield place, keeper
