"""The word alignment of a reference and a hypothesis, the same one that WER counts.

Counts by place rest on it, so that a word deleted in one place and inserted in another makes two
errors, not none.
"""

from __future__ import annotations

from dataclasses import dataclass

import jiwer

from stages.common.text.normalizer import scoring_form

_SLACK = 3
"""Words. Where a word of the reference is several of the hypothesis ("abc", "a b c"), the shortest
alignment pairs it with one of them and may pair the others with a wrong word beside it."""


@dataclass(frozen=True)
class WordAlignment:
    reference: list[str]
    """The reference's words, in scoring form."""
    hypothesis: list[str]
    """The hypothesis's words, in scoring form."""
    starts: list[int]
    """For each of the n + 1 boundaries between reference words: the index in the hypothesis of the
    first word after it, insertions at the boundary excluded."""
    ends: list[int]
    """For the same boundaries: the index behind the last word before it, insertions excluded."""
    correct: list[bool]
    """For each word of the hypothesis: whether it equals the word that it is aligned to."""
    substitutions: int
    deletions: int
    insertions: int
    longest_insertion: int
    """Words of the hypothesis's longest run of insertions."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """[low, high) in the hypothesis for the words [start, end) of the reference.

        Insertions at the edges belong to it, and so do up to 3 wrong words on either side; a
        correct word belongs to its own span alone.
        """
        low, high = self.ends[start], self.starts[end]
        for _ in range(_SLACK):
            low -= low > 0 and not self.correct[low - 1]
            high += high < len(self.hypothesis) and not self.correct[high]
        return low, high


def align(reference: str, hypothesis: str, language: str = "en") -> WordAlignment:
    """The alignment of two texts as transcribed, compared in scoring form; either may be empty."""
    return align_forms(scoring_form(reference, language), scoring_form(hypothesis, language))


def align_forms(reference: str, hypothesis: str) -> WordAlignment:
    """The alignment of two texts that are in scoring form."""
    out = jiwer.process_words(reference, hypothesis)
    reference_words, hypothesis_words = out.references[0], out.hypotheses[0]
    starts, ends = [0] * (len(reference_words) + 1), [0] * (len(reference_words) + 1)
    correct = [False] * len(hypothesis_words)
    longest = 0
    starts[-1] = len(hypothesis_words)
    for chunk in out.alignments[0]:
        first = chunk.hyp_start_idx
        words = range(chunk.ref_start_idx, chunk.ref_end_idx)
        if chunk.type == "insert":
            longest = max(longest, chunk.hyp_end_idx - first)
            continue
        for number, word in enumerate(words):
            paired = chunk.type != "delete"
            starts[word] = first + number * paired
            ends[word + 1] = first + (number + 1) * paired
            if chunk.type == "equal":
                correct[first + number] = True
    errors = out.substitutions, out.deletions, out.insertions
    return WordAlignment(
        reference_words, hypothesis_words, starts, ends, correct, *errors, longest_insertion=longest
    )
