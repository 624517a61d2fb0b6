"""What of the training texts comes out where it was not said."""

from __future__ import annotations

import numpy as np
import pytest

from stages.common.audio.samples import first_half
from stages.common.evaluation.memorization import Memorized, memorized, training_ngrams

TEXTS = ["One two three four, five six seven.", "red green blue black white", "too short"]


@pytest.mark.parametrize(
    ("hypothesis", "reference", "expected"),
    [
        ("", "", Memorized(1, 0, 0, 0, 0)),
        ("one two three four", "", Memorized(1, 0, 0, 0, 0)),
        ("one two three four five", "", Memorized(1, 1, 1, 1, 5)),
        ("One, two: three four FIVE six!", "", Memorized(1, 1, 2, 2, 6)),
        # A run across two texts is none.
        ("four five six seven red green", "", Memorized(1, 0, 2, 0, 0)),
        # Two passages: the longest counts as such, all runs count.
        (
            "one two three four five six x red green blue black white",
            "",
            Memorized(1, 1, 8, 3, 6),
        ),
        # What the clip says itself is no memory.
        ("one two three four five", "well one two three four five", Memorized(1, 0, 1, 0, 0)),
        # Kept words, gone on as in training and not as in the clip.
        (
            "i mean one two three four five",
            "i mean one two three four hundred",
            Memorized(1, 1, 3, 1, 5),
        ),
        ("1 2 3 4 5", "", Memorized(1, 1, 1, 1, 5)),
    ],
)
def test_counts_worked_by_hand(hypothesis: str, reference: str, expected: Memorized) -> None:
    assert memorized(training_ngrams(TEXTS), hypothesis, reference) == expected


def test_longer_runs_find_less() -> None:
    longer = training_ngrams(TEXTS, 7)
    assert len(longer.hashes) == 1
    assert memorized(longer, "one two three four five six").trained == 0
    assert memorized(longer, "one two three four five six seven") == Memorized(1, 1, 1, 1, 7)


def test_nothing_trained_nothing_memorized() -> None:
    assert memorized(training_ngrams([]), "one two three four five").trained == 0
    assert memorized(training_ngrams(["", "a"]), "one two three four five six").runs == 2


def test_sums() -> None:
    trained = training_ngrams(TEXTS)
    texts = ["one two three four five", "a b c d e f", ""]
    total = sum((memorized(trained, text) for text in texts), Memorized())
    assert total == Memorized(clips=3, clips_with=1, runs=3, trained=1, longest=5)
    assert total.share == pytest.approx(1 / 3) and Memorized().share is None


@pytest.mark.parametrize("length", [0, 1, 2, 101, 16_000])
def test_a_cut_clip_is_its_first_half_and_ends_softly(length: int) -> None:
    samples = np.ones(length, np.float32)
    half = first_half(samples)
    assert half.dtype == np.float32 and len(half) == length // 2
    assert (samples == 1).all()
    if length == 16_000:
        assert (half[:-320] == 1).all() and half[-1] == 0 and np.ptp(np.diff(half[-320:])) < 1e-6
