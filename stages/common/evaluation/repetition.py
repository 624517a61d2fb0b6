"""Repetition loops in one clip's hypothesis.

Whisper's known failure: "thank you thank you thank you", or a sentence repeated until the window's
tokens are used up (Radford et al. 2022, section 4.5, detect it by the text's compression ratio).
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence

from stages.common.text.word_alignment import WordAlignment

RATIO_LIMIT = 2.4
"""Whisper's own `compression_ratio_threshold`: text above it is taken for a loop."""
LOOP_TIMES, LOOP_WORDS = 4, 8
"""Least repetitions in a row, and least words of all together. People do say "no, no, no, no",
count breaths "in and out, in and out", and begin a sentence three times; short loops hardly
compress."""


def compression_ratio(text: str) -> float:
    """Bytes of the text as UTF-8 over its bytes compressed by zlib, as Whisper defines it. 0.0 if
    empty; under 1 for short texts, which zlib makes longer."""
    raw = text.encode("utf-8")
    return len(raw) / len(zlib.compress(raw))


def longest_loop(words: Sequence[str]) -> tuple[int, int]:
    """The same words in a row: (words of one repetition, whole repetitions); (0, 1) if none repeat.

    The loop with the most words in all; of equal ones the one with the shortest repetition. Time
    grows with the square of the words, of which a window has 220 at most.
    """
    longest = 0, 1
    for size in range(1, len(words) // 2 + 1):
        same = 0
        for at in range(size, len(words)):
            same = same + 1 if words[at] == words[at - size] else 0
            times = 1 + same // size
            if times > 1 and size * times > math.prod(longest):
                longest = size, times
    return longest


def is_looping(aligned: WordAlignment, reference: str, hypothesis: str) -> bool:
    """Whether the hypothesis loops, and more than the reference: a speaker's repetitions are right.

    Args:
        aligned: the two texts' words.
        reference, hypothesis: as transcribed, since punctuation compresses too.
    """
    if compression_ratio(hypothesis) > max(RATIO_LIMIT, compression_ratio(reference)):
        return True
    size, times = longest_loop(aligned.hypothesis)
    spoken = math.prod(longest_loop(aligned.reference))
    return times >= LOOP_TIMES and size * times >= max(LOOP_WORDS, spoken + 1)
