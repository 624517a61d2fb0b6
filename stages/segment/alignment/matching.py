"""Which words of the transcript belong to which stretch of speech.

Dynamic programming over stretches and places between words, as Gale and Church (1993, "A Program
for Aligning Sentences in Bilingual Corpora") match sentences by length: a stretch takes some words,
or none; words may be passed over. A pairing costs the letters by which the words differ from what
was heard, and more where they are too many or too few for its seconds, and where a pause falls into
a sentence. A rough match of the two whole texts (`_centres`) bounds the search, so time grows with
the recording's length.

All costs are in letters. They were chosen on six sessions of the demo (see docs/results.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from stages.segment.alignment.transcript_words import CLAUSE, INSIDE, SENTENCE, Words

_AT_END = {SENTENCE: 0.0, CLAUSE: 5.0, INSIDE: 8.0}
"""What a pause costs after a word, by what the word ends."""
_SENTENCE_INSIDE = 2.5
"""For each sentence that ends within a stretch, without a pause."""
_LENGTH, _SPREAD, _LEAST_SPREAD = 2.0, 0.25, 3.0
"""Weight of the letters too many or too few, measured in spreads: a share of those expected."""
_NO_WORDS, _NO_WORDS_LETTER = 4.0, 0.5
_PASSED, _PASSED_LETTER = 5.0, 0.45
_BAND = 40
"""Words looked at to either side of where the rough match puts a stretch's end."""
_RUN = 3
"""Letters in a row that count as found in the rough match."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
FAR = 1e12


@dataclass(frozen=True)
class Match:
    spans: list[tuple[int, int]]
    """(first, last + 1) of the words of each stretch."""
    margins: list[float]
    """For each pause after a stretch but the last: by how many letters the next best place in the
    text is worse, the other pauses staying where they are."""


class Matcher:
    """One recording: its stretches' seconds, what was heard in each, and the transcript."""

    def __init__(self, seconds: Sequence[float], heard: Sequence[str], words: Words) -> None:
        self._heard, self._text = list(heard), words.text
        self._places = np.array(words.places)
        ends = np.array([SENTENCE, *words.ends])
        self._pause_cost = np.array([_AT_END[kind] for kind in (SENTENCE, *words.ends)])
        self._sentences = np.cumsum(ends == SENTENCE) - 1
        rate = len(self._text) / max(sum(seconds), 1e-9)
        self._expected = np.array(seconds) * rate

    def pair_costs(self, stretch: int, first: Ints, end: Ints) -> Floats:
        """What it costs that `stretch` takes the words first..end-1, for each pair of the two."""
        begins, stops = self._places[first], self._places[end]
        takes = end > first
        heard, expected = self._heard[stretch], self._expected[stretch]
        texts = [self._text[a:b] for a, b in zip(begins.tolist(), stops.tolist(), strict=True)]
        differ = cdist([heard], texts, scorer=Levenshtein.distance, dtype=np.int32)[0]
        spreads = np.abs(stops - begins - expected) / (_SPREAD * expected + _LEAST_SPREAD)
        inside = np.maximum(0, self._sentences[np.maximum(end - 1, 0)] - self._sentences[first])
        cost = (
            differ
            + _LENGTH * np.minimum(0.5 * spreads**2, spreads)
            + _SENTENCE_INSIDE * inside
            + self._pause_cost[end]
        )
        none = _NO_WORDS + _NO_WORDS_LETTER * max(len(heard), float(expected))
        return np.where(takes, cost, none)

    def match(self) -> Match:
        """The cheapest way through the whole recording."""
        lows, highs = self._bands()
        # cost[i]: the cheapest way in which all stretches so far took words before `low + i`.
        low, cost = 0, np.zeros(1)
        ways: list[tuple[int, Ints, int, Ints]] = []
        for stretch in range(len(self._heard)):
            cost = np.concatenate(
                [cost, np.full(max(0, highs[stretch] - low - len(cost) + 1), FAR)]
            )
            cost, passed = self._passing(cost, low)
            new_low, new_high = int(lows[stretch]), int(highs[stretch])
            first, end = self._pairs(stretch, low, cost, new_low, new_high)
            costs = cost[first - low] + self.pair_costs(stretch, first, end)
            # The last write wins, so the cheapest is written last.
            order = np.argsort(-costs, kind="stable")
            best, came = np.full(new_high - new_low + 1, FAR), np.full(new_high - new_low + 1, -1)
            best[end[order] - new_low] = costs[order]
            came[end[order] - new_low] = first[order]
            ways.append((low, passed, new_low, came))
            low, cost = new_low, best
        left = self._places[-1] - self._places[low : low + len(cost)]
        at = low + int(np.argmin(cost + _PASSED * (left > 0) + _PASSED_LETTER * left))
        spans: list[tuple[int, int]] = []
        for old_low, passed_from, new_low, came in reversed(ways):
            begin = int(came[at - new_low])
            spans.append((begin, at))
            at = int(passed_from[begin - old_low])
        spans.reverse()
        return Match(spans, self._margins(spans))

    def _bands(self) -> tuple[Ints, Ints]:
        """Lowest and highest place between words at which each stretch may end."""
        words = len(self._places) - 1
        centres = self._centres()
        lows = np.minimum.accumulate(np.maximum(0, centres - _BAND)[::-1])[::-1]
        highs = np.maximum.accumulate(np.minimum(words, centres + _BAND))
        return lows, highs

    def _centres(self) -> Ints:
        """About where in the text each stretch ends, by the runs of letters that both have."""
        found, there = [-1.0], [-1.0]
        for block in Levenshtein.opcodes("".join(self._heard), self._text):
            if block.tag == "equal" and block.src_end - block.src_start >= _RUN:
                found += range(block.src_start, block.src_end)
                there += range(block.dest_start, block.dest_end)
        heard = np.cumsum([len(text) for text in self._heard])
        found.append(float(heard[-1]))
        there.append(float(len(self._text)))
        letters = np.interp(heard, found, there)
        found_at: Ints = np.searchsorted(self._places[1:], letters)
        return found_at

    def _passing(self, cost: Floats, low: int) -> tuple[Floats, Ints]:
        """`cost` where words may be passed over first, and from which place they were."""
        places = np.arange(low, low + len(cost))
        letters = _PASSED_LETTER * self._places[places]
        before = cost - letters
        least = np.minimum.accumulate(before)
        source = np.maximum.accumulate(np.where(before <= least, np.arange(len(cost)), 0)) + low
        passing = least + letters + _PASSED
        cheaper = passing < cost
        return np.where(cheaper, passing, cost), np.where(cheaper, source, places)

    def _pairs(
        self, stretch: int, low: int, cost: Floats, new_low: int, new_high: int
    ) -> tuple[Ints, Ints]:
        """All (first, end) that may be the words of `stretch`: the seconds bound their number."""
        starts = np.flatnonzero(cost < FAR / 2) + low
        most = 2.2 * self._expected[stretch] + 25
        last = np.searchsorted(self._places, self._places[starts] + most, "right") - 1
        lowest, highest = np.maximum(starts, new_low), np.minimum(last, new_high)
        count = np.maximum(0, highest - lowest + 1)
        first = np.repeat(starts, count)
        ahead = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return first, np.repeat(lowest, count) + ahead

    def _margins(self, spans: list[tuple[int, int]]) -> list[float]:
        margins = []
        for left in range(len(spans) - 1):
            (first, at), (after, end) = spans[left], spans[left + 1]
            if at != after or first == at or after == end:
                margins.append(0.0)  # words were passed over, or a side has none
                continue
            places = np.arange(max(first, at - _BAND), min(end, at + _BAND) + 1)
            costs = self.pair_costs(left, np.full(len(places), first), places)
            costs = costs + self.pair_costs(left + 1, places, np.full(len(places), end))
            chosen = costs[at - places[0]]
            others = np.delete(costs, at - places[0])
            margins.append(float(others.min() - chosen) if len(others) else 0.0)
        return margins
