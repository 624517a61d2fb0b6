"""Find and replace: whole words in any case, and the splices that do it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from attune.review.cues import Splice, apply
from attune.review.replacing import replace_in
from tests.support.review import cue


@pytest.mark.parametrize(
    ("text", "find", "replacement", "expected", "places"),
    [
        ("a cat, the Cat; CAT", "cat", "dog", "a dog, the Dog; Dog", 3),
        ("a category of cats", "cat", "dog", "a category of cats", 0),
        ("catatonic cat", "cat", "", "catatonic", 1),
        ("the SSRI", "ssri", "SNRI", "the SNRI", 1),
        ("me feel fenidate twice", "feel  fenidate", "methylphenidate",
         "me methylphenidate twice", 1),
        ("\u00c9tude et \u00e9tude", "\u00e9tude", "essai", "Essai et essai", 2),
        ("costs $5 (five)", "$5", "6 \\1", "costs 6 \\1 (five)", 1),
        ("a.b", ".", ",", "a,b", 1),
        ("what what", "what", "what", "what what", 2),
        ("words", "  ", "x", "words", 0),
        ("one two", "two", "two\nlines", "one two lines", 1),
    ],
)  # fmt: skip
def test_replacing(text: str, find: str, replacement: str, expected: str, places: int) -> None:
    old = [cue(1, 1.0, text)]
    splices, count = replace_in(old, find, replacement)
    assert count == places
    assert apply(old, splices) == [cue(1, 1.0, expected)]


def test_only_cues_that_change_are_in_the_splices() -> None:
    cues = [cue(1, 1.0, "one"), cue(2, 4.0, "the one"), cue(3, 7.0, "two", checked=True)]
    splices, _ = replace_in(cues, "the one", "this one")
    assert splices == [Splice(1, [cues[1]], [replace(cues[1], text="this one")])]


def test_checked_cues_can_be_left_out() -> None:
    cues = [cue(1, 1.0, "word", checked=True), cue(2, 4.0, "word")]
    splices, places = replace_in(cues, "word", "term", unchecked_only=True)
    assert places == 1 and apply(cues, splices) == [cues[0], replace(cues[1], text="term")]
