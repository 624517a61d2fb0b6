"""WER and CER over clips: worked by hand, and equal to jiwer's."""

from __future__ import annotations

import jiwer
from hypothesis import given
from hypothesis import strategies as st

from stages.common.evaluation.clip_scores import error_rates
from tests.support.scores import score_of

VOCABULARY = ["we", "talk", "about", "sleep", "and", "um", "work"]
WORDS = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=9).map(" ".join)


def test_cer_by_hand() -> None:
    # "fine" -> "find": one of 4 characters.
    assert error_rates([score_of("r", "fine", "find")])["cer"] == 0.25


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5))
def test_equals_jiwer(pairs: list[tuple[str, str]]) -> None:
    references, hypotheses = [list(texts) for texts in zip(*pairs, strict=True)]
    rates = error_rates([score_of("r", *pair) for pair in pairs])
    assert rates["wer"] == jiwer.wer(references, hypotheses)
    assert rates["cer"] == jiwer.cer(references, hypotheses)
