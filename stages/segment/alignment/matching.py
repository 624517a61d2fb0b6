"""Assignment of the transcript's words to speech intervals.

Dynamic programming over intervals and word positions, as Gale and Church (1993, "A Program for
Aligning Sentences in Bilingual Corpora") match sentences by length. An interval takes a run of
words or none; words may be skipped. A pairing costs the letters by which its words differ from the
hypothesis, and more where they are too many or too few for its seconds, or where a pause falls
within a sentence. A rough match of the two whole texts (`_rough_ends`) bounds the search, so time
grows linearly with the recording's length.

All costs are in letters. They were chosen on six sessions of the demo (see docs/results.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from stages.segment.alignment.transcript_words import CLAUSE, INSIDE, SENTENCE, TranscriptWords

_PAUSE_COST = {SENTENCE: 0.0, CLAUSE: 5.0, INSIDE: 8.0}
"""Cost of a pause after a word, by what ends with the word."""
_SENTENCE_INSIDE = 2.5
"""Cost of each sentence that ends within an interval, without a pause."""
_LENGTH, _SPREAD, _MIN_SPREAD = 2.0, 0.25, 3.0
"""Weight of letters too many or too few, measured in spreads: a share of the expected letters."""
_EMPTY, _EMPTY_PER_LETTER = 4.0, 0.5
"""Cost of an interval that takes no words."""
_SKIP, _SKIP_PER_LETTER = 5.0, 0.45
"""Cost of a run of words that no interval takes."""
_SHORT_TURN = 8
"""Letters; skipping a turn no longer than this ("Mhm.") costs its letters alone, without `_SKIP`.
Models miss such turns, which could then be on either side of a pause: no cut would be safe."""
_BAND = 40
"""Words searched to either side of an interval's end in the rough match."""
_MIN_RUN = 3
"""Equal letters in a row that count in the rough match."""
_LETTERS_FACTOR, _LETTERS_MORE = 2.2, 25
"""Most letters that an interval may take: a multiple of those expected, and some more."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
INFEASIBLE = 1e12


@dataclass(frozen=True)
class Match:
    spans: list[tuple[int, int]]
    """(first, last + 1) of the words of each interval; equal where it has none."""
    margins: list[float]
    """For each pause between two intervals: by how many letters the next best position in the text
    costs more, while the other pauses stay in place. Shape (intervals - 1,)."""


class Matcher:
    """One recording: the seconds and the hypothesis of each interval, and the transcript."""

    def __init__(
        self, seconds: Sequence[float], hypotheses: Sequence[str], words: TranscriptWords
    ) -> None:
        self._hypotheses, self._text = list(hypotheses), words.text
        self._offsets = np.array(words.offsets)
        ends = [SENTENCE, *words.boundaries]
        self._pause_cost = np.array([_PAUSE_COST[kind] for kind in ends])
        self._sentences = np.cumsum(np.equal(ends, SENTENCE)) - 1
        self._short_turns = _short_turns(words, self._offsets)
        rate = len(self._text) / max(sum(seconds), 1e-9)
        self._expected = np.array(seconds) * rate

    def pair_costs(self, interval: int, first: Ints, end: Ints) -> Floats:
        """Cost of `interval` taking the words first..end-1, for each pair of the two arrays."""
        begins, stops = self._offsets[first], self._offsets[end]
        hypothesis, expected = self._hypotheses[interval], self._expected[interval]
        texts = [self._text[a:b] for a, b in zip(begins.tolist(), stops.tolist(), strict=True)]
        edits = cdist([hypothesis], texts, scorer=Levenshtein.distance, dtype=np.int32)[0]
        spreads = np.abs(stops - begins - expected) / (_SPREAD * expected + _MIN_SPREAD)
        inside = np.maximum(0, self._sentences[np.maximum(end - 1, 0)] - self._sentences[first])
        cost = (
            edits
            + _LENGTH * np.minimum(0.5 * spreads**2, spreads)
            + _SENTENCE_INSIDE * inside
            + self._pause_cost[end]
        )
        empty = _EMPTY + _EMPTY_PER_LETTER * max(len(hypothesis), float(expected))
        return np.where(end > first, cost, empty)

    def match(self) -> Match:
        """The assignment of least cost."""
        lows, highs = self._bands()
        # cost[i]: least cost at which all intervals so far end before word `low + i`.
        low, cost = 0, np.zeros(1)
        steps: list[tuple[int, Ints, int, Ints]] = []
        for interval in range(len(self._hypotheses)):
            missing = max(0, highs[interval] - low - len(cost) + 1)
            cost, skipped_from = self._skip(np.append(cost, np.full(missing, INFEASIBLE)), low)
            new_low, new_high = int(lows[interval]), int(highs[interval])
            first, end = self._candidates(interval, low, cost, new_low, new_high)
            costs = cost[first - low] + self.pair_costs(interval, first, end)
            # The last write wins, so the cheapest is written last.
            order = np.argsort(-costs, kind="stable")
            best = np.full(new_high - new_low + 1, INFEASIBLE)
            best_first = np.full(new_high - new_low + 1, -1)
            best[end[order] - new_low] = costs[order]
            best_first[end[order] - new_low] = first[order]
            steps.append((low, skipped_from, new_low, best_first))
            low, cost = new_low, best
        missing = len(self._offsets) - low - len(cost)
        _, skipped_from = self._skip(np.append(cost, np.full(missing, INFEASIBLE)), low)
        at = int(skipped_from[-1])
        spans: list[tuple[int, int]] = []
        for old_low, skipped_from, new_low, best_first in reversed(steps):
            begin = int(best_first[at - new_low])
            spans.append((begin, at))
            at = int(skipped_from[begin - old_low])
        spans.reverse()
        return Match(spans, self._margins(spans))

    def _bands(self) -> tuple[Ints, Ints]:
        """Lowest and highest word position at which each interval may end, shape (intervals,)."""
        words = len(self._offsets) - 1
        ends = self._rough_ends()
        lows = np.minimum.accumulate(np.maximum(0, ends - _BAND)[::-1])[::-1]
        highs = np.maximum.accumulate(np.minimum(words, ends + _BAND))
        return lows, highs

    def _rough_ends(self) -> Ints:
        """Approximate word position at which each interval ends, shape (intervals,).

        Interpolated between the runs of letters that the hypotheses and the transcript share.
        """
        hypothesis_at, transcript_at = [-1.0], [-1.0]
        for block in Levenshtein.opcodes("".join(self._hypotheses), self._text):
            if block.tag == "equal" and block.src_end - block.src_start >= _MIN_RUN:
                hypothesis_at += range(block.src_start, block.src_end)
                transcript_at += range(block.dest_start, block.dest_end)
        ends = np.cumsum([len(text) for text in self._hypotheses])
        hypothesis_at.append(float(ends[-1]))
        transcript_at.append(float(len(self._text)))
        letters = np.interp(ends, hypothesis_at, transcript_at)
        positions: Ints = np.searchsorted(self._offsets[1:], letters)
        return positions

    def _skip(self, cost: Floats, low: int) -> tuple[Floats, Ints]:
        """`cost` where words may be skipped, and from which position each was reached."""
        positions = np.arange(low, low + len(cost))
        letters = _SKIP_PER_LETTER * self._offsets[positions]
        before = cost - letters
        least = np.minimum.accumulate(before)
        source = np.maximum.accumulate(np.where(before <= least, np.arange(len(cost)), 0)) + low
        skipping = least + letters + _SKIP
        cheaper = skipping < cost
        cost, source = np.where(cheaper, skipping, cost), np.where(cheaper, source, positions)
        for first, end in self._short_turns:
            if low <= first and end < low + len(cost):
                of_turn = _SKIP_PER_LETTER * float(self._offsets[end] - self._offsets[first])
                if cost[first - low] + of_turn < cost[end - low]:
                    cost[end - low] = cost[first - low] + of_turn
                    source[end - low] = source[first - low]
        return cost, source

    def _candidates(
        self, interval: int, low: int, cost: Floats, new_low: int, new_high: int
    ) -> tuple[Ints, Ints]:
        """All (first, end) that `interval` may take; its seconds bound the number of letters."""
        starts = np.flatnonzero(cost < INFEASIBLE / 2) + low
        most = _LETTERS_FACTOR * self._expected[interval] + _LETTERS_MORE
        last = np.searchsorted(self._offsets, self._offsets[starts] + most, "right") - 1
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
                margins.append(0.0)  # words were skipped, or one of the two has none
                continue
            positions = np.arange(max(first, at - _BAND), min(end, at + _BAND) + 1)
            costs = self.pair_costs(left, np.full(len(positions), first), positions)
            costs = costs + self.pair_costs(left + 1, positions, np.full(len(positions), end))
            chosen = costs[at - positions[0]]
            others = np.delete(costs, at - positions[0])
            margins.append(float(others.min() - chosen) if len(others) else 0.0)
        return margins


def _short_turns(words: TranscriptWords, offsets: Ints) -> list[tuple[int, int]]:
    """[first, end) of the words of each short turn, in order."""
    turns = words.turns
    starts = [at for at in range(len(turns)) if not at or turns[at] != turns[at - 1]]
    return [
        (first, end)
        for first, end in pairwise([*starts, len(turns)])
        if offsets[end] - offsets[first] <= _SHORT_TURN
    ]
