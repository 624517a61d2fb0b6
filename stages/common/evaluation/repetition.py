"""Repetition loops, and runs of inserted words, in one clip's hypothesis.

Whisper's known failure: "thank you thank you thank you", or a sentence repeated until the window's
tokens are used up (Radford et al. 2022, section 4.5, detect it by the text's compression ratio).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from stages.common.text.word_alignment import WordAlignment

RATIO_LIMIT = 2.4
"""Whisper's own `compression_ratio_threshold`: text above it is taken for a loop."""
LOOP_TIMES, LOOP_WORDS = 4, 8
"""Least repetitions in a row, and least words of all together. People do say "no, no, no, no",
count breaths "in and out, in and out", and begin a sentence three times; short loops hardly
compress."""


@dataclass(frozen=True)
class Loop:
    """The same words in a row."""

    words: int
    """Words of one repetition."""
    times: int
    """Whole repetitions; 1 if nothing is repeated."""

    @property
    def length(self) -> int:
        """Words of all repetitions."""
        return self.words * self.times


@dataclass(frozen=True)
class Repetition:
    ratio: float
    """Compression ratio of the hypothesis."""
    loop: Loop
    """The longest one in the hypothesis."""
    looping: bool
    """The hypothesis loops, and more than the reference does."""
    insertion_run: int
    """Words of the longest run of insertions."""


def compression_ratio(text: str) -> float:
    """Bytes of the text as UTF-8 over its bytes compressed by zlib, as Whisper defines it. 0.0 if
    empty; under 1 for short texts, which zlib makes longer."""
    raw = text.encode("utf-8")
    return len(raw) / len(zlib.compress(raw))


def longest_loop(words: Sequence[str]) -> Loop:
    """The loop with the most words; of equal ones the one with the shortest repetition. Time grows
    with the square of the words, of which a window has 220 at most."""
    longest = Loop(0, 1)
    for size in range(1, len(words) // 2 + 1):
        same = 0
        for at in range(size, len(words)):
            same = same + 1 if words[at] == words[at - size] else 0
            times = 1 + same // size
            if times > 1 and size * times > longest.length:
                longest = Loop(size, times)
    return longest


def count(aligned: WordAlignment, reference: str, hypothesis: str) -> Repetition:
    """Repetition in one clip.

    Args:
        aligned: the two texts' words.
        reference, hypothesis: as transcribed, since punctuation compresses too.
    """
    ratio, loop = compression_ratio(hypothesis), longest_loop(aligned.hypothesis)
    compresses = ratio > RATIO_LIMIT and ratio > compression_ratio(reference)
    repeats = loop.times >= LOOP_TIMES and loop.length >= LOOP_WORDS
    return Repetition(
        ratio=ratio,
        loop=loop,
        # Repetitions that the speaker made are correct.
        looping=compresses or (repeats and loop.length > longest_loop(aligned.reference).length),
        insertion_run=aligned.longest_insertion,
    )
