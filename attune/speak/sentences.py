"""Scripts that use given terms, composed of the exchanges in `sentences.txt`.

English only. The same terms give the same scripts.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from attune.speak.scripts import ROLES, Line, Script

EXCHANGES_PER_TERM = 4
"""All different; a term is spoken about five times in them."""
_EXCHANGES_PER_SCRIPT = 40
"""About four minutes."""
_TEXT = Path(__file__).with_name("sentences.txt")
_SLOT = re.compile(r"\{([a-z]+)\}")

_SLOTS: Mapping[str, tuple[str, ...]] = {
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "month": ("January", "March", "April", "June", "August", "October", "December"),
    "number": ("two", "three", "four", "five", "six"),
    "person": ("my mother", "my brother", "my wife", "my aunt", "my neighbour", "my son"),
    "dose": (
        "5 mg", "10 mg", "12.5 mg", "15 mg", "25 mg", "30 mg", "50 mg", "75 mg", "100 mg",
        "150 mg", "half a tablet",
    ),
}  # fmt: skip

Exchange = tuple[tuple[str, str], ...]
"""(role, text with slots) of each line."""


def read_exchanges() -> dict[str, list[Exchange]]:
    """The exchanges by kind of term: "any" and "medication"."""
    exchanges: dict[str, list[Exchange]] = {}
    for part in _TEXT.read_text(encoding="utf-8").split("\n== ")[1:]:
        kind, _, body = part.partition("\n")
        blocks = [block.splitlines() for block in re.split(r"\n{2,}", body.strip())]
        exchanges[kind] = [
            tuple((ROLES[line[0]], line.removeprefix(line[:3])) for line in block)
            for block in blocks
        ]
    return exchanges


def compose(terms: Sequence[Sequence[str]], medication: Sequence[bool]) -> list[Script]:
    """Scripts in which each term occurs in `EXCHANGES_PER_TERM` exchanges.

    Args:
        terms: for each term, its forms as written; they are used in turn.
        medication: for each term, whether it is a medicine, which gets doses.
    """
    exchanges = read_exchanges()
    draw = random.Random("\n".join("|".join(forms) for forms in terms))
    decks = {kind: _Deck(cards, draw) for kind, cards in exchanges.items()}
    filled: list[list[Line]] = []
    for turn in range(EXCHANGES_PER_TERM):
        order = list(range(len(terms)))
        draw.shuffle(order)
        for at in order:
            # Every other exchange of a medicine is about taking it.
            kind = "medication" if medication[at] and turn % 2 else "any"
            term = terms[at][turn % len(terms[at])]
            filled.append(_fill(decks[kind].deal(), term, draw))
    count = max(1, round(len(filled) / _EXCHANGES_PER_SCRIPT))
    bounds = [number * len(filled) // count for number in range(count + 1)]
    return [
        Script(tuple(line for lines in filled[start:end] for line in lines))
        for start, end in pairwise(bounds)
        if start < end
    ]


class _Deck:
    """Exchanges in shuffled order, so that all are used about equally often."""

    def __init__(self, cards: Sequence[Exchange], draw: random.Random) -> None:
        self._cards, self._draw, self._remaining = cards, draw, list[Exchange]()

    def deal(self) -> Exchange:
        if not self._remaining:
            self._remaining = self._draw.sample(self._cards, len(self._cards))
        return self._remaining.pop()


def _fill(exchange: Exchange, term: str, draw: random.Random) -> list[Line]:
    """The lines with their slots filled; a slot has one value in an exchange."""
    values = {name: draw.choice(some) for name, some in _SLOTS.items()} | {"term": term}
    lines = []
    for role, text in exchange:
        words = _SLOT.sub(lambda slot: values[slot[1]], text)
        lines.append(Line(role, words[0].upper() + words[1:]))
    return lines
