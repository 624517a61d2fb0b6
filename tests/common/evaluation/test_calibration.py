"""Calibration of word confidence, on hand-written words."""

from __future__ import annotations

import pytest
from faster_whisper.transcribe import Segment, Word

from stages.common.evaluation.calibration import Bin, calibration, calibration_error
from stages.common.evaluation.recording_scores import score_recordings, word_confidences


def segment(*words: tuple[str, float]) -> Segment:
    """As faster-whisper gives one: words with the space before them."""
    text = "".join(word for word, _ in words)
    hypothesis = [Word(0.0, 0.0, word, probability) for word, probability in words]
    return Segment(0, 0, 0.0, 0.0, text, [], 0.0, 0.0, 0.0, hypothesis, 0.0)


def test_each_word_of_the_hypothesis_is_right_or_wrong() -> None:
    hypothesis = [
        segment((" I", 0.9), (" sleep", 0.8), (" badly.", 0.7)),
        segment((" So", 0.3), (" I", 0.6), (" eat", 0.2)),
    ]
    # "sleep" is a substitution, "So" an insertion; "less" is deleted and has no confidence.
    assert word_confidences(hypothesis, "i slept badly i eat less", "en") == [
        (0.9, True), (0.8, False), (0.7, True), (0.3, False), (0.6, True), (0.2, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("reference", "right"),
    [("take twenty five milligrams", True), ("take twenty nine grams", False)],
)
def test_a_word_that_normalizes_to_several(reference: str, right: bool) -> None:
    # A dash is not a word; a unit is expanded only next to its number.
    hypothesis = [segment((" Take", 0.9), (" -", 0.1), (" 25", 0.5), (" mg", 0.4))]
    assert word_confidences(hypothesis, reference, "en") == [
        (0.9, True),
        (0.5, right),
        (0.4, right),
    ]


def test_an_empty_hypothesis() -> None:
    assert word_confidences([], "hello", "en") == []
    (nothing,) = score_recordings({"r1": []}, {"r1": [{"text": "hello", "end": 1.0}]}, "en")
    assert (nothing.errors, nothing.confidences, calibration([nothing])) == (1, [], [])
    assert calibration_error([]) is None


def test_tenths_and_the_error_by_hand() -> None:
    hypothesis = {
        "r1": [segment((" one", 1.0), (" too", 0.95), (" three", 0.42))],
        "r2": [segment((" for", 0.48))],
    }
    spoken = {
        "r1": [{"text": "one two", "end": 1.0}, {"text": "three", "end": 2.0}],
        "r2": [{"text": "four", "end": 1.0}],
    }
    result = calibration(score_recordings(hypothesis, spoken, "en"))
    assert result == [pytest.approx(Bin(0.45, 2, 0.5)), pytest.approx(Bin(0.975, 2, 0.5))]
    assert calibration_error(result) == pytest.approx((2 * 0.05 + 2 * 0.475) / 4)
