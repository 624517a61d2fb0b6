"""Calibration of word confidence, on hand-written words."""

from __future__ import annotations

import pytest
from faster_whisper.transcribe import Segment, Word

from stages.common.evaluation.calibration import Bin, calibration, calibration_error
from stages.common.evaluation.recording_scores import score_recordings


def segment(*words: tuple[str, float]) -> Segment:
    """As faster-whisper gives one: words with the space before them."""
    text = "".join(word for word, _ in words)
    hypothesis = [Word(0.0, 0.0, word, probability) for word, probability in words]
    return Segment(0, 0, 0.0, 0.0, text, [], 0.0, 0.0, 0.0, hypothesis, 0.0)


def test_an_empty_hypothesis() -> None:
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
