"""Memorized training text: n-grams in the hypothesis but not in the reference."""

from __future__ import annotations

import numpy as np
import pytest

from stages.common.audio.samples import first_half
from stages.common.core.files import Row
from stages.common.evaluation.memorization import count_memorized, training_ngrams

TEXTS = ["One two three four, five six seven.", "red green blue black white", "too short"]


def row(hypothesis: str, reference: str = "") -> Row:
    return {"hypothesis": hypothesis, "reference": reference}


@pytest.mark.parametrize(
    ("hypothesis", "reference", "expected"),
    [
        ("", "", (0, 0)),
        ("one two three four", "", (0, 0)),
        ("one two three four five", "", (1, 1)),
        ("One, two: three four FIVE six!", "", (2, 2)),
        # An n-gram across two texts does not count.
        ("four five six seven red green", "", (0, 2)),
        # Two passages: the n-grams of both count.
        (
            "one two three four five six x red green blue black white",
            "",
            (3, 8),
        ),
        # Text that is in the reference is not memorized.
        ("one two three four five", "well one two three four five", (0, 1)),
        # Correct words, continued as in training instead of as in the clip.
        (
            "i mean one two three four five",
            "i mean one two three four hundred",
            (1, 3),
        ),
        ("1 2 3 4 5", "", (1, 1)),
    ],
)
def test_counts_worked_by_hand(hypothesis: str, reference: str, expected: tuple[int, int]) -> None:
    trained = training_ngrams(TEXTS, "en")
    assert count_memorized(trained, [row(hypothesis, reference)], "en") == expected


def test_without_training_text_nothing_is_memorized() -> None:
    nothing = training_ngrams([], "en")
    assert count_memorized(nothing, [row("one two three four five")], "en") == (0, 1)
    rows = [row("one two three four five six")]
    assert count_memorized(training_ngrams(["", "a"], "en"), rows, "en") == (0, 2)


def test_sums() -> None:
    rows = [row("one two three four five"), row("a b c d e f"), row("")]
    assert count_memorized(training_ngrams(TEXTS, "en"), rows, "en") == (1, 3)
    assert count_memorized(training_ngrams(TEXTS, "en"), [], "en") == (0, 0)


@pytest.mark.parametrize("length", [0, 1, 2, 101, 16_000])
def test_a_cut_clip_is_its_first_half_and_ends_softly(length: int) -> None:
    samples = np.ones(length, np.float32)
    half = first_half(samples)
    assert half.dtype == np.float32 and len(half) == length // 2
    assert (samples == 1).all()
    if length == 16_000:
        assert (half[:-320] == 1).all() and half[-1] == 0 and np.ptp(np.diff(half[-320:])) < 1e-6
