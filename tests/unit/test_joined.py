"""Words of a window go back to the clips that they were said in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stages.common.dataset import Clip
from stages.common.joined import Heard, joined, share_out
from stages.common.score import score


def clip(name: str, seconds: float, recording: str = "r") -> Clip:
    return Clip(name, recording, 0.0, seconds, "", [], b"")


def test_windows_hold_neighbours_of_one_recording() -> None:
    clips = [clip("a", 12.0), clip("b", 18.0), clip("c", 1.0), clip("d", 30.5), clip("e", 2.0)]
    clips += [replace(clip("f", 2.0), recording="s")]
    assert [[c.id for c in window] for window in joined(clips)] == [
        ["a", "b"], ["c"], ["d"], ["e"], ["f"],
    ]  # fmt: skip
    assert list(joined([])) == []


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        # As it was said.
        ("so how are you I am fine", [("so how are you", 0, 0, 0), ("i am fine", 0, 0, 0)]),
        # Nothing heard.
        ("", [("", 0, 4, 0), ("", 0, 3, 0)]),
        # The last of one and the first of the other missing.
        ("so how are am fine", [("so how are", 0, 1, 0), ("am fine", 0, 1, 0)]),
        # Words before the first, between the two, and after the last.
        (
            "oh so how are you then I am fine thanks",
            [("oh so how are you then", 0, 0, 2), ("i am fine thanks", 0, 0, 1)],
        ),
        # A word taken for another.
        ("so who are you I am five", [("so who are you", 1, 0, 0), ("i am five", 1, 0, 0)]),
    ],
)
def test_shares(heard: str, expected: list[tuple[str, int, int, int]]) -> None:
    found = share_out(["So, how are you?", "I am fine."], heard)
    words = (4, 3)
    assert found == [
        Heard(text, count, *counts)
        for (text, *counts), count in zip(expected, words, strict=True)
    ]


def test_a_clip_without_words_gets_none() -> None:
    found = share_out(["", "Good.", "-"], "good morning")
    assert [part.text for part in found] == ["", "good morning", ""]
    assert share_out([""], "morning") == [Heard("", 0, 0, 0, 0)]


def test_nothing_is_counted_twice() -> None:
    references = ["The dose was raised.", "Um, to 50 mg?", "Yes, on Monday, I think it was."]
    heard = "the dose raised twice um fifty milligrams yes Monday I think it was it was"
    found = share_out(references, heard)
    whole = score([" ".join(references)], [heard])
    assert sum(part.substitutions for part in found) == whole.substitutions
    assert sum(part.deletions for part in found) == whole.deletions
    assert sum(part.insertions for part in found) == whole.insertions
    assert sum(part.reference_words for part in found) == whole.reference_words
    assert " ".join(part.text for part in found).split() == [
        *"the dose raised twice um fifty milligrams yes monday i think it was it was".split()
    ]
