"""Confidence against what is right: words given by hand."""

from __future__ import annotations

import pytest
from faster_whisper.transcribe import Segment, Word

from stages.common.evaluation.calibration import Bin, calibration, calibration_error
from stages.common.evaluation.recording_scores import score_recordings, word_confidences


def segment(*words: tuple[str, float]) -> Segment:
    """As faster-whisper gives one: words with the space before them."""
    text = "".join(word for word, _ in words)
    heard = [Word(0.0, 0.0, word, probability) for word, probability in words]
    return Segment(0, 0, 0.0, 0.0, text, [], 0.0, 0.0, 0.0, heard, 0.0)


def test_each_word_that_was_heard_is_right_or_wrong() -> None:
    heard = [
        segment((" I", 0.9), (" sleep", 0.8), (" badly.", 0.7)),
        segment((" So", 0.3), (" I", 0.6), (" eat", 0.2)),
    ]
    # "sleep" stands for "slept", "So" for nothing; "less" was not heard and has no confidence.
    assert word_confidences(heard, "i slept badly i eat less") == [
        (0.9, True), (0.8, False), (0.7, True), (0.3, False), (0.6, True), (0.2, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "right"), [("take twenty five milligrams", True), ("take twenty nine grams", False)]
)
def test_a_word_that_is_spoken_as_several(said: str, right: bool) -> None:
    # A dash is no word; the unit is spoken out only beside its number.
    heard = [segment((" Take", 0.9), (" -", 0.1), (" 25", 0.5), (" mg", 0.4))]
    assert word_confidences(heard, said) == [(0.9, True), (0.5, right), (0.4, right)]


def test_nothing_heard() -> None:
    assert word_confidences([], "hello") == []
    (nothing,) = score_recordings({"r1": []}, {"r1": [{"text": "hello", "end": 1.0}]})
    assert (nothing.errors, nothing.confidences, calibration([nothing])) == (1, [], [])
    assert calibration_error([]) is None


def test_tenths_and_the_error_by_hand() -> None:
    heard = {
        "r1": [segment((" one", 1.0), (" too", 0.95), (" three", 0.42))],
        "r2": [segment((" for", 0.48))],
    }
    spoken = {
        "r1": [{"text": "one two", "end": 1.0}, {"text": "three", "end": 2.0}],
        "r2": [{"text": "four", "end": 1.0}],
    }
    found = calibration(score_recordings(heard, spoken))
    assert found == [pytest.approx(Bin(0.45, 2, 0.5)), pytest.approx(Bin(0.975, 2, 0.5))]
    assert calibration_error(found) == pytest.approx((2 * 0.05 + 2 * 0.475) / 4)
