"""Words of a window go back to the clips that they were said in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stages.common.asr.windowed import join_clips, split_hypothesis
from stages.common.dataset.split import Clip
from stages.common.text.wer import count_errors


def clip(name: str, seconds: float, recording: str = "r") -> Clip:
    return Clip(name, recording, 0.0, seconds, "", [], 0, b"")


def test_windows_hold_neighbours_of_one_recording() -> None:
    clips = [clip("a", 12.0), clip("b", 18.0), clip("c", 1.0), clip("d", 30.5), clip("e", 2.0)]
    clips += [replace(clip("f", 2.0), recording="s")]
    assert [[c.id for c in window] for window in join_clips(clips, 30.0)] == [
        ["a", "b"], ["c"], ["d"], ["e"], ["f"],
    ]  # fmt: skip
    assert list(join_clips([], 30.0)) == []


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        # As it was said.
        ("so how are you I am fine", ["so how are you", "i am fine"]),
        # Nothing heard.
        ("", ["", ""]),
        # The last of one and the first of the other missing.
        ("so how are am fine", ["so how are", "am fine"]),
        # Words before the first, between the two, and after the last.
        (
            "oh so how are you then I am fine thanks",
            ["oh so how are you then", "i am fine thanks"],
        ),
        # Words taken for others.
        ("so who are you I am five", ["so who are you", "i am five"]),
    ],
)
def test_shares(heard: str, expected: list[str]) -> None:
    assert split_hypothesis(["So, how are you?", "I am fine."], heard) == expected


def test_a_clip_without_words_gets_none() -> None:
    assert split_hypothesis(["", "Good.", "-"], "good morning") == ["", "good morning", ""]
    assert split_hypothesis([""], "morning") == [""]


def test_nothing_is_lost_and_nothing_counted_twice() -> None:
    references = ["The dose was raised.", "Um, to 50 mg?", "Yes, on Monday, I think it was."]
    heard = "the dose raised twice um fifty milligrams yes monday i think it was it was"
    found = split_hypothesis(references, heard)
    assert " ".join(found) == heard
    whole = count_errors("", "", " ".join(references), heard)
    parts = [count_errors("", "", *pair) for pair in zip(references, found, strict=True)]
    for count in ("reference_words", "substitutions", "deletions", "insertions"):
        assert sum(getattr(part, count) for part in parts) == getattr(whole, count)
