"""Which words of a hypothesis stand where a reference has its words: the alignment that WER counts.

What is counted on it is counted in its place, so that a word lost here and invented there are two
faults and not none.
"""

from __future__ import annotations

from dataclasses import dataclass

import jiwer

from stages.common.text.normalizer import scoring_form

_SLACK = 3
"""Words. Where one is heard as several ("cbt", "c b t"), the shortest alignment pairs only one of
them and may pair the others with a wrong word beside it."""


@dataclass(frozen=True)
class Aligned:
    spoken: list[str]
    """The reference's words, in scoring form."""
    heard: list[str]
    """The hypothesis's."""
    starts: list[int]
    """For each place between reference words, n + 1 of them: where the hypothesis begins what it
    says from there on, insertions at that place included."""
    ends: list[int]
    """The same places: where the hypothesis ends what it says up to there, insertions left out."""
    right: list[bool]
    """For each word of the hypothesis: it is equal to the word it is aligned to."""
    substitutions: int
    deletions: int
    insertions: int
    longest_insertion: int
    """Words of the longest run in the hypothesis that stands for no word of the reference."""

    def place(self, start: int, end: int) -> tuple[int, int]:
        """[low, high) of the hypothesis that stands for the reference's words [start, end).

        What was inserted at its edges belongs to it, and so do up to 3 wrong words on either side;
        a word that was heard right belongs to its own place alone.
        """
        low, high = self.ends[start], self.starts[end]
        for _ in range(_SLACK):
            low -= low > 0 and not self.right[low - 1]
            high += high < len(self.heard) and not self.right[high]
        return low, high


def align(reference: str, hypothesis: str) -> Aligned:
    """Both as transcribed; either may be empty."""
    out = jiwer.process_words(scoring_form(reference), scoring_form(hypothesis))
    spoken, heard = out.references[0], out.hypotheses[0]
    starts, ends = [0] * (len(spoken) + 1), [0] * (len(spoken) + 1)
    right = [False] * len(heard)
    longest = 0
    starts[-1] = len(heard)
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
                right[first + number] = True
    errors = out.substitutions, out.deletions, out.insertions
    return Aligned(spoken, heard, starts, ends, right, *errors, longest)
