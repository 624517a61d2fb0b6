"""The confidence of each hypothesis word, and whether the word is correct."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from stages.common.text.split_hypothesis import split_hypothesis
from stages.common.text.word_alignment import align


def word_confidences(
    words: Sequence[tuple[str, float]], text: str, reference: str, language: str
) -> list[tuple[float, bool]]:
    """Confidence of each word that a model wrote, and whether it is correct.

    Words are delimited by spaces in the model's output. In scoring form one may be several ("25" is
    "twenty five"), which are correct together or not at all, or none (a dash), which is
    not counted.

    Args:
        words: with the space before them, as decoded, and their probabilities, 0 to 1.
        text: all of them together.
    """
    correct = align(reference, text, language).correct
    # Aligned as a whole, since the form of a word depends on its neighbours: "5 mg", "$5 million".
    forms = split_hypothesis([word for word, _ in words], text, language)
    places = pairwise(accumulate((len(form.split()) for form in forms), initial=0))
    return [
        (probability, all(correct[start:end]))
        for (_, probability), (start, end) in zip(words, places, strict=True)
        if end > start
    ]
