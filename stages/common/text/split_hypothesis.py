"""A hypothesis of several utterances, split between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from stages.common.text.normalizer import scoring_form
from stages.common.text.word_alignment import align_forms


def split_hypothesis(references: Sequence[str], text: str, language: str = "en") -> list[str]:
    """Split the hypothesis of a window between the references of its clips by word alignment.

    Args:
        references: as transcribed, in order.
        text: the hypothesis of all of them together, as decoded.

    Returns: for each reference its part of the hypothesis in scoring form. Inserted words go to the
        preceding reference, those at the beginning to the first; a reference without words gets "".
    """
    forms = [scoring_form(reference, language) for reference in references]
    # Aligned in the form of each reference: joined, neighbouring words could have another form.
    aligned = align_forms(" ".join(filter(None, forms)), scoring_form(text, language))
    boundaries = [0, *accumulate(len(form.split()) for form in forms)]
    ends = [aligned.starts[boundary] if boundary else 0 for boundary in boundaries]
    return [" ".join(aligned.hypothesis[start:end]) for start, end in pairwise(ends)]
