"""Word error rates over all clips together, and of each clip, by jiwer.

Reference and hypothesis are compared in scoring form (see normalizer.py); fillers count as words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import jiwer

from stages.common.text.error_counts import ErrorCounts
from stages.common.text.normalizer import scoring_form


class Score(NamedTuple):
    wer: float
    """(substitutions + deletions + insertions) / reference_words, over all clips together."""
    reference_words: int


def score(references: Sequence[str], hypotheses: Sequence[str], language: str = "en") -> Score:
    """Word error rate of `hypotheses` against `references`, clip by clip in the same order.

    Raises: ValueError if a reference has no words, which leaves WER undefined, or if the two differ
        in length.
    """
    if len(references) != len(hypotheses):
        raise ValueError(f"{len(references)} references but {len(hypotheses)} hypotheses")
    references = [scoring_form(text, language) for text in references]
    hypotheses = [scoring_form(text, language) for text in hypotheses]
    empty = sum(not text for text in references)
    if empty or not references:
        raise ValueError(f"{empty} of {len(references)} references have no words")
    words = jiwer.process_words(references, hypotheses)
    return Score(words.wer, words.hits + words.substitutions + words.deletions)


def count_errors(
    recording: str, client: str, reference: str, hypothesis: str, language: str = "en"
) -> ErrorCounts:
    """The errors of one clip, counted as `score` counts those of all together."""
    words = jiwer.process_words(
        scoring_form(reference, language), scoring_form(hypothesis, language)
    )
    reference_words = words.hits + words.substitutions + words.deletions
    counts = words.substitutions, words.deletions, words.insertions
    return ErrorCounts(recording, client, 1, reference_words, *counts)
