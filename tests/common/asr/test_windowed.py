"""Clips joined into windows, and the hypothesis of a window split between its clips."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stages.common.asr.windowed import join_clips, split_hypothesis
from stages.common.dataset.split_storage import Clip
from stages.common.text.wer import count_errors


def clip(name: str, seconds: float, recording: str = "r") -> Clip:
    return Clip(name, recording, 0.0, seconds, "", [], 0, b"")


def test_windows_have_neighbours_of_one_recording() -> None:
    clips = [clip("a", 12.0), clip("b", 18.0), clip("c", 1.0), clip("d", 30.5), clip("e", 2.0)]
    clips += [replace(clip("f", 2.0), recording="s")]
    assert [[c.id for c in window] for window in join_clips(clips, 30.0)] == [
        ["a", "b"], ["c"], ["d"], ["e"], ["f"],
    ]  # fmt: skip
    assert list(join_clips([], 30.0)) == []


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
