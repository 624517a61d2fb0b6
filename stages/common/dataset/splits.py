"""Who goes to which side, and which texts stand on two sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from stages.common.ids import drawn

Side = Literal["train", "validation", "test"]
SIDES: tuple[Side, ...] = ("train", "validation", "test")


def side_of(key: bytes, group: str, validation: float, test: float) -> Side:
    """The side of a group: a keyed hash of its id alone, so that more data never moves it."""
    place = drawn(key, "split", group)
    if place < test:
        return "test"
    return "validation" if place < test + validation else "train"


def shared_texts(
    owners: Sequence[Side | None], digests: Sequence[int]
) -> Iterator[tuple[int, Side]]:
    """Segments whose text also stands on a side that must stay unseen.

    Args:
        owners: the side of each segment, None for one that counts nowhere.
        digests: of each segment's text; 0 for a short one ("yes I think so"), which belongs to
            everybody and is left alone.

    Yields: a segment's place, and the side that keeps its text: test before validation before
    train. The caller may take that segment's owner away at once.
    """
    keeps: dict[int, Side] = {}
    for side in ("test", "validation"):
        for own, digest in zip(owners, digests, strict=True):
            if own == side and digest:
                keeps.setdefault(digest, side)
    for place, (own, digest) in enumerate(zip(owners, digests, strict=True)):
        keeper = keeps.get(digest) if own else None
        if own and keeper and SIDES.index(own) < SIDES.index(keeper):
            yield place, keeper
