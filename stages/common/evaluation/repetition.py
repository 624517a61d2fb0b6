"""Where a model goes round in circles, or talks on by itself: counts of one clip's hypothesis.

Whisper's known failure: "thank you thank you thank you", or a sentence over and over until the
window's tokens are used up (Radford et al. 2022, section 4.5, tell it by how well zlib packs it).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from stages.common.text.word_alignment import Aligned

RATIO_LIMIT = 2.4
"""Whisper's own `compression_ratio_threshold`: it takes a text that packs better for a loop."""
LOOP_TIMES, LOOP_WORDS = 4, 8
"""So often in a row, and so many words in all, are a loop. People do say "no, no, no, no", count
breaths "in and out, in and out", and begin a sentence three times; short loops hardly pack."""


@dataclass(frozen=True)
class Loop:
    """The same words in a row."""

    words: int
    """Of one round."""
    times: int
    """Whole rounds; 1 where nothing is repeated."""

    @property
    def length(self) -> int:
        """Words of all rounds."""
        return self.words * self.times


@dataclass(frozen=True)
class Repeats:
    """Of one clip."""

    ratio: float
    """How well the hypothesis packs; see `compression_ratio`."""
    loop: Loop
    """The longest in the hypothesis."""
    looping: bool
    """It goes round in circles, and the reference does not do so as much."""
    insertion_run: int
    """Words of the longest run that stands for nothing in the reference."""


def compression_ratio(text: str) -> float:
    """Bytes of the text as UTF-8, to its bytes packed by zlib, as Whisper defines it. 0.0 if empty;
    under 1 for short texts, which zlib makes longer."""
    raw = text.encode("utf-8")
    return len(raw) / len(zlib.compress(raw))


def longest_loop(words: Sequence[str]) -> Loop:
    """The run of whole repeated rounds with the most words; of equal ones that with the shortest
    round. Its work grows with the square of the words, of which a window holds 220 at most."""
    longest = Loop(0, 1)
    for size in range(1, len(words) // 2 + 1):
        same = 0
        for at in range(size, len(words)):
            same = same + 1 if words[at] == words[at - size] else 0
            times = 1 + same // size
            if times > 1 and size * times > longest.length:
                longest = Loop(size, times)
    return longest


def count(aligned: Aligned, reference: str, hypothesis: str) -> Repeats:
    """Of one clip.

    Args:
        aligned: the two texts' words.
        reference, hypothesis: as transcribed: punctuation packs too.
    """
    ratio, loop = compression_ratio(hypothesis), longest_loop(aligned.heard)
    packs = ratio > RATIO_LIMIT and ratio > compression_ratio(reference)
    circles = loop.times >= LOOP_TIMES and loop.length >= LOOP_WORDS
    return Repeats(
        ratio=ratio,
        loop=loop,
        # What people repeat themselves is theirs.
        looping=packs or (circles and loop.length > longest_loop(aligned.spoken).length),
        insertion_run=aligned.longest_insertion,
    )
