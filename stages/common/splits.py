"""Who goes to which side, and which texts stand on two sides."""

from __future__ import annotations

from collections.abc import Mapping
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


def shared_texts(texts: Mapping[str, tuple[Side, str]], least_words: int) -> dict[str, Side]:
    """Segments whose text also stands on a side that must stay unseen.

    Args: texts: segment id -> (side, text in its scoring form).
    Returns: segment id -> the side that keeps the text: test before validation before train.
    Short texts ("yes I think so") belong to everybody and are left alone.
    """
    keeps: dict[str, Side] = {}
    for side in ("test", "validation"):
        for own, text in texts.values():
            if own == side and len(text.split()) >= least_words:
                keeps.setdefault(text, side)
    return {
        name: keeps[text]
        for name, (own, text) in texts.items()
        if text in keeps and SIDES.index(own) < SIDES.index(keeps[text])
    }
