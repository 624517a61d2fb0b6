"""Compose the demo's therapy sessions, line by line, from hand-written exchanges.

Reads `demo/dialogues` through `demo/material.py`. The same seed gives the same sessions, and the
first sessions do not depend on the number of sessions.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass

from demo.material import Exchange, Slots, fill, read_shared, read_slots, read_theme
from demo.people import PAIRS, Pair

SESSIONS = 2 * len(PAIRS)  # several per client, which a split by client keeps together
SEED = 20_242
# The end of a sentence: punctuation, a space, and a capital outside of `[written|spoken]`.
_SENTENCE = re.compile(r"(?<=[.?!])(?<!Dr\.) (?=[A-Z])(?![^\[\]]*\])")

# Phases of every session, and those of which each session has the next one.
_BEFORE = ("opening", "rating")
_AFTER = ("medication", "homework", "closing")
_BETWEEN = ("explore", "exercise", "aside", "learn", "risk")


@dataclass(frozen=True)
class Line:
    role: str
    """"Therapist" or "Client"."""
    text: str
    """With markup such as `[50 mg|fifty milligrams]`."""


@dataclass(frozen=True)
class Session:
    stem: str
    pair: Pair
    lines: tuple[Line, ...]


class _Deck:
    """Exchanges in shuffled order, so that all are used about equally often."""

    def __init__(self, cards: tuple[Exchange, ...], draw: random.Random) -> None:
        self._cards, self._draw, self._remaining = cards, draw, list[Exchange]()

    def deal(self, avoid: set[Exchange]) -> Exchange:
        """The next exchange that is not in `avoid`; the next one if all are."""
        if not self._remaining or all(card in avoid for card in self._remaining):
            fresh = [card for card in self._cards if card not in self._remaining]
            self._draw.shuffle(fresh)
            self._remaining += fresh
        card = next((card for card in self._remaining if card not in avoid), self._remaining[0])
        self._remaining.remove(card)
        return card


def compose(count: int = SESSIONS, seed: int = SEED) -> list[Session]:
    """The first `count` sessions: the first of each client, then the second of each, and so on."""
    draw = random.Random(seed)
    slots = read_slots()
    decks = {phase: _Deck(cards, draw) for phase, cards in read_shared().items()}
    themes = {pair.code: _Deck(read_theme(pair.theme).phases["theme"], draw) for pair in PAIRS}
    dealt: dict[str, set[Exchange]] = {pair.code: set() for pair in PAIRS}
    used: Counter[str] = Counter()
    sessions = []
    for number in range(count):
        pair = PAIRS[number % len(PAIRS)]
        order = _order(number, decks, themes[pair.code], dealt[pair.code], draw)
        lines = _fill(order, slots, pair, used, draw)
        sessions.append(Session(f"session_{number + 1:02d}", pair, lines))
    return sessions


def _order(
    number: int,
    decks: dict[str, _Deck],
    theme: _Deck,
    dealt: set[Exchange],
    draw: random.Random,
) -> list[Exchange]:
    """The exchanges of one session.

    dealt: the exchanges of the client's earlier sessions; this session's are added.
    """

    def deal(deck: _Deck) -> Exchange:
        exchange = deck.deal(dealt)
        dealt.add(exchange)
        return _lengthen(exchange, decks, draw)

    visit = number // len(PAIRS)
    start = [deal(decks[phase]) for phase in _BEFORE]
    # One of the two phases, alternating between clients and between visits.
    start.append(deal(decks["week" if (number + visit) % 2 == 0 else "agenda"]))
    between = deal(decks[_BETWEEN[number % len(_BETWEEN)]])
    end = [deal(decks[phase]) for phase in _AFTER]
    return [*start, deal(theme), between, deal(theme), *end]


def _lengthen(exchange: Exchange, decks: dict[str, _Deck], draw: random.Random) -> Exchange:
    """Add a sentence to some lines: spoken turns are longer than the written exchanges."""
    lines = []
    for index, (role, text) in enumerate(exchange):
        therapist = role == "Therapist"
        words = len(text.split())
        # Lines that open a topic stay first; the shortest answers stay short.
        if 4 <= words <= 20 and draw.random() < 0.5 and not (therapist and index == 0):
            ((_, more),) = decks["before" if therapist else "after"].deal(set())
            text = f"{more} {text}" if therapist else f"{text} {more}"
        lines.append((role, text))
    return tuple(lines)


def _fill(
    order: list[Exchange], slots: Slots, pair: Pair, used: Counter[str], draw: random.Random
) -> tuple[Line, ...]:
    fixed = read_theme(pair.theme).words | {"client": pair.first_name}
    filled = [fill(exchange, slots, fixed, used, draw) for exchange in order]
    return tuple(
        Line(role, sentence)
        for exchange in filled
        for role, text in exchange
        for sentence in _SENTENCE.split(text)
    )
