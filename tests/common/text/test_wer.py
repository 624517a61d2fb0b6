"""WER: worked by hand, and equal to jiwer's."""

from __future__ import annotations

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.common.text.wer import count_errors, score

# reference, hypothesis, substitutions, deletions, insertions, reference words
BY_HAND = [
    ("i feel fine", "i feel fine", 0, 0, 0, 3),
    ("i feel fine", "i felt fine", 1, 0, 0, 3),
    ("i feel fine", "i fine", 0, 1, 0, 3),
    ("i feel fine", "i feel very fine", 0, 0, 1, 3),
    ("i feel fine", "", 0, 3, 0, 3),
    ("no", "no no no", 0, 0, 2, 1),
    ("one two three four", "two three four five", 0, 1, 1, 4),
    ("a b c", "x y z", 3, 0, 0, 3),
    # Fillers are words.
    ("um i think so", "i think so", 0, 1, 0, 4),
    # Case and punctuation are not errors; numbers are compared in their spoken form.
    ("I feel fine.", "i feel fine", 0, 0, 0, 3),
    ("take 50 mg", "take fifty milligrams", 0, 0, 0, 3),
]


@pytest.mark.parametrize(("reference", "hypothesis", "subs", "dels", "ins", "words"), BY_HAND)
def test_counts_worked_by_hand(
    reference: str, hypothesis: str, subs: int, dels: int, ins: int, words: int
) -> None:
    result = score([reference], [hypothesis])
    assert result.reference_words == words
    assert result.wer == pytest.approx((subs + dels + ins) / words)
    one = count_errors("r1", "c1", reference, hypothesis)
    assert (one.recording, one.client, one.clips) == ("r1", "c1", 1)
    counted = (one.substitutions, one.deletions, one.insertions, one.reference_words)
    assert counted == (subs, dels, ins, words)


def test_wer_is_over_all_words_not_a_mean_of_clips() -> None:
    # 1 error in 1 word and 0 in 9: a mean over clips would be 50 %.
    assert score(["no", "a b c d e f g h i"], ["yes", "a b c d e f g h i"]).wer == 0.1


VOCABULARY = ["we", "talk", "about", "sleep", "and", "um", "work"]
WORDS = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=9)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5))
def test_equals_jiwer(pairs: list[tuple[list[str], list[str]]]) -> None:
    references, hypotheses = [" ".join(a) for a, _ in pairs], [" ".join(b) for _, b in pairs]
    assert score(references, hypotheses).wer == jiwer.wer(references, hypotheses)


def test_a_reference_without_words_has_no_wer() -> None:
    with pytest.raises(ValueError, match="1 of 2 references have no words"):
        score(["hello", "..."], ["hello", "x"])
    with pytest.raises(ValueError, match="2 references but 1 hypotheses"):
        score(["a", "b"], ["a"])


def test_numbers_are_compared_in_the_words_of_the_language() -> None:
    assert score(["Ich nehme 50 mg."], ["ich nehme fünfzig milligramm"], "de").wer == 0
    assert count_errors("r", "c", "Je prends 2,5 mg", "je prends deux cinq mg", "fr").errors == 2
