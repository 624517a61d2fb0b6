"""Compose the demo's therapy sessions from the dialogues: who says what, in order.

Reads `demo/dialogues` through `demo/material.py`. The same seed gives the same sessions, and the
first sessions are the same however many are asked for.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass

from demo.material import Exchange, Slots, fill, read_shared, read_slots, read_theme
from demo.people import PAIRS, Pair

SESSIONS = 3 * len(PAIRS)  # clients come more than once, so that a client is more than a recording
SEED = 20_240
FEWEST_LINES = 41
# A cue holds a sentence: a mark, a space, and a capital that is not inside `[written|spoken]`.
_SENTENCE = re.compile(r"(?<=[.?!])(?<!Dr\.) (?=[A-Z])(?![^\[\]]*\])")

# What every session has, in order; "middle" stands for theme and optional exchanges.
_BEFORE = ("opening", "rating")
_AFTER = ("medication", "homework", "closing")
# What fills a session up to its length, in this order.
_OPTIONAL = ("explore", "exercise", "aside", "learn", "explore", "risk", "aside", "explore")


@dataclass(frozen=True)
class Line:
    """`role` is "Therapist" or "Client"; `text` still has the markup of `[50 mg|fifty ...]`."""

    role: str
    text: str


@dataclass(frozen=True)
class Session:
    stem: str
    pair: Pair
    lines: tuple[Line, ...]


class _Deck:
    """Exchanges dealt in shuffled order, so that all are used about equally often."""

    def __init__(self, cards: tuple[Exchange, ...], draw: random.Random) -> None:
        self._cards, self._draw, self._left = cards, draw, list[Exchange]()

    def deal(self, avoid: set[Exchange]) -> Exchange:
        """The next exchange that is not in `avoid`; any, when all are."""
        if not self._left or all(card in avoid for card in self._left):
            fresh = [card for card in self._cards if card not in self._left]
            self._draw.shuffle(fresh)
            self._left += fresh
        card = next((card for card in self._left if card not in avoid), self._left[0])
        self._left.remove(card)
        return card


def compose(count: int = SESSIONS, seed: int = SEED) -> list[Session]:
    """The first `count` sessions: every client's first, then every client's second, and so on."""
    draw = random.Random(seed)
    slots = read_slots()
    decks = {phase: _Deck(cards, draw) for phase, cards in read_shared().items()}
    themes = {pair.code: _Deck(read_theme(pair.theme).phases["theme"], draw) for pair in PAIRS}
    heard: dict[str, set[Exchange]] = {pair.code: set() for pair in PAIRS}
    used: Counter[str] = Counter()
    sessions = []
    for number in range(count):
        pair = PAIRS[number % len(PAIRS)]
        order = _order(number, pair, decks, themes[pair.code], heard[pair.code], draw)
        lines = _fill(order, slots, pair, used, draw)
        sessions.append(Session(f"session_{number + 1:02d}", pair, lines))
    return sessions


def _order(
    number: int,
    pair: Pair,
    decks: dict[str, _Deck],
    theme: _Deck,
    heard: set[Exchange],
    draw: random.Random,
) -> list[Exchange]:
    """The exchanges of one session, long enough for the seconds drawn for it."""

    def deal(deck: _Deck) -> Exchange:
        exchange = deck.deal(heard)
        heard.add(exchange)
        return _lengthen(exchange, decks, draw)

    visit = number // len(PAIRS)
    start = [deal(decks[phase]) for phase in _BEFORE]
    # Which of the two a session has changes from client to client and from visit to visit.
    start.append(deal(decks["week" if (number + visit) % 2 == 0 else "agenda"]))
    end = [deal(decks[phase]) for phase in _AFTER]
    middle = [deal(theme) for _ in range(5 if visit == 0 else 4)]
    target = draw.uniform(180, 216)
    at = 1
    for phase in _OPTIONAL:
        so_far = start + middle + end
        long_enough = sum(_seconds(exchange, pair) for exchange in so_far) >= target
        if long_enough and sum(map(len, so_far)) >= FEWEST_LINES:
            break
        middle.insert(min(at, len(middle)), deal(decks[phase]))
        at += 2  # between the theme's exchanges
    return start + middle + end


def _seconds(exchange: Exchange, pair: Pair) -> float:
    """About how long an exchange will take to say, with its pauses."""
    total = 0.0
    for role, text in exchange:
        rate = pair.therapist.rate if role == "Therapist" else pair.client.rate
        # eSpeak says about 1.2 times as many words as its rate; a slot is about two words.
        total += 0.9 + (len(text.split()) + text.count("{")) * 60 / (1.2 * rate)
    return total


def _lengthen(exchange: Exchange, decks: dict[str, _Deck], draw: random.Random) -> Exchange:
    """Give some lines one more sentence: people go on longer than a written exchange does."""
    lines = []
    for index, (role, text) in enumerate(exchange):
        therapist = role == "Therapist"
        words = len(text.split())
        # Nothing comes before a line that opens a subject; the shortest answers stay short.
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
