"""Alignment of a reference's words with a hypothesis."""

from __future__ import annotations

import pytest

from stages.common.text.word_alignment import align

# reference, hypothesis, reference words [start, end), hypothesis words [low, high)
BY_HAND = [
    ("a b c", "a b c", 1, 2, (1, 2)),
    ("a b c", "a x c", 1, 2, (1, 2)),
    ("a b c", "a c", 1, 2, (1, 1)),
    ("a b c", "a x y c", 1, 2, (1, 3)),
    ("a b c", "b c", 0, 1, (0, 0)),
    ("a b c", "x a b c y", 0, 3, (0, 5)),
    ("do a b c now", "do abc now", 1, 4, (1, 2)),
    ("abc badly", "a b c boldly", 0, 1, (0, 4)),
    # A correct word bounds the span; beyond three wrong words it ends by itself.
    ("a b", "a v w x y z b", 0, 1, (0, 6)),
    ("k a q r s t u v", "zk za zq zr zs zt zu zv", 1, 2, (0, 5)),
    ("a", "", 0, 1, (0, 0)),
]


@pytest.mark.parametrize(("reference", "hypothesis", "start", "end", "span"), BY_HAND)
def test_spans(
    reference: str, hypothesis: str, start: int, end: int, span: tuple[int, int]
) -> None:
    assert align(reference, hypothesis).span(start, end) == span


@pytest.mark.parametrize(
    ("reference", "hypothesis", "words"),
    [
        ("a b", "a b", 0),
        ("a b", "a x y z b q", 3),
        ("", "thank you for watching", 4),
        ("a b", "", 0),
        ("", "", 0),
    ],
)
def test_the_longest_insertion(reference: str, hypothesis: str, words: int) -> None:
    assert align(reference, hypothesis).longest_insertion == words


def test_both_are_compared_in_scoring_form() -> None:
    aligned = align("Take 50 mg!", "take fifty milligrams")
    assert aligned.reference == aligned.hypothesis == ["take", "fifty", "milligrams"]
    assert aligned.correct == [True] * 3
