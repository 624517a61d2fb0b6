"""Confidence of each word of a hypothesis, and whether it is correct, on hand-written words."""

from __future__ import annotations

import pytest

from stages.common.text.word_confidences import word_confidences


def scored(words: list[tuple[str, float]], reference: str) -> list[tuple[float, bool]]:
    return word_confidences(words, "".join(word for word, _ in words), reference, "en")


def test_each_word_of_the_hypothesis_is_right_or_wrong() -> None:
    words = [
        (" I", 0.9), (" sleep", 0.8), (" badly.", 0.7), (" So", 0.3), (" I", 0.6), (" eat", 0.2),
    ]  # fmt: skip
    # "sleep" is a substitution, "So" an insertion; "less" is deleted and has no confidence.
    assert scored(words, "i slept badly i eat less") == [
        (0.9, True), (0.8, False), (0.7, True), (0.3, False), (0.6, True), (0.2, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("reference", "right"),
    [("take twenty five milligrams", True), ("take twenty nine grams", False)],
)
def test_a_word_that_normalizes_to_several(reference: str, right: bool) -> None:
    # A dash is not a word; a unit is expanded only next to its number.
    words = [(" Take", 0.9), (" -", 0.1), (" 25", 0.5), (" mg", 0.4)]
    assert scored(words, reference) == [(0.9, True), (0.5, right), (0.4, right)]


def test_without_words() -> None:
    assert scored([], "hello") == []
