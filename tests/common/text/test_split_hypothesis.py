"""Splitting a window's hypothesis between its clips."""

from __future__ import annotations

import pytest

from stages.common.text.split_hypothesis import split_hypothesis
from stages.common.text.wer import count_errors


@pytest.mark.parametrize(
    ("hypothesis", "expected"),
    [
        # Without errors.
        ("so how are you I am fine", ["so how are you", "i am fine"]),
        # Empty.
        ("", ["", ""]),
        # Deletions at the end of the first and the beginning of the second.
        ("so how are am fine", ["so how are", "am fine"]),
        # Insertions before the first, between the two, and after the second.
        (
            "oh so how are you then I am fine thanks",
            ["oh so how are you then", "i am fine thanks"],
        ),
        # Substitutions.
        ("so who are you I am five", ["so who are you", "i am five"]),
    ],
)
def test_split(hypothesis: str, expected: list[str]) -> None:
    assert split_hypothesis(["So, how are you?", "I am fine."], hypothesis) == expected


def test_a_clip_without_words_gets_none() -> None:
    assert split_hypothesis(["", "Good.", "-"], "good morning") == ["", "good morning", ""]
    assert split_hypothesis([""], "morning") == [""]


def test_the_parts_have_the_errors_of_the_window() -> None:
    references = ["The dose was raised.", "Um, to 50 mg?", "Yes, on Monday, I think it was."]
    hypothesis = "the dose raised twice um fifty milligrams yes monday i think it was it was"
    split = split_hypothesis(references, hypothesis)
    assert " ".join(split) == hypothesis
    window = count_errors("", "", " ".join(references), hypothesis)
    parts = [count_errors("", "", *pair) for pair in zip(references, split, strict=True)]
    for count in ("reference_words", "substitutions", "deletions", "insertions"):
        assert sum(getattr(part, count) for part in parts) == getattr(window, count)


# Clips whose words have another form side by side ("six am", "a hundred" "and five"): the window's
# hypothesis has that form, and no other clip loses a word by it.
NEIGHBOURS = [
    (["At six", "Am I late?"], "at six am i late", ["at six", "am i late"]),
    (["It was a hundred", "and five of us"], "it was a hundred and five of us",
     ["it was one hundred", "five of us"]),
    (["I think it's", "been hard", "so far"], "i think it's been hard so far",
     ["i think it has", "been hard", "so far"]),
    (["I can't", "I cannot do it"], "i cannot i can't do it", ["i can not", "i can not do it"]),
]  # fmt: skip


@pytest.mark.parametrize(("references", "hypothesis", "expected"), NEIGHBOURS)
def test_a_form_over_the_edge_of_two_clips(
    references: list[str], hypothesis: str, expected: list[str]
) -> None:
    assert split_hypothesis(references, hypothesis) == expected


def test_the_language_decides_the_words() -> None:
    assert split_hypothesis(["Um 8 Uhr", "50 mg"], "um acht uhr fünfzig milligramm", "de") == [
        "um acht uhr", "fünfzig milligramm",
    ]  # fmt: skip
