"""Repetition loops and runs of insertions: worked by hand."""

from __future__ import annotations

import zlib

import pytest

from stages.common.evaluation.repetition import compression_ratio, is_looping, longest_loop
from stages.common.text.word_alignment import align


def looping_of(reference: str, hypothesis: str) -> bool:
    return is_looping(align(reference, hypothesis), reference, hypothesis)


@pytest.mark.parametrize(
    ("text", "loop"),
    [
        ("", (0, 1)),
        ("a b c", (0, 1)),
        ("a a", (1, 2)),
        ("x no no no y", (1, 3)),
        ("in and out in and out in and", (3, 2)),
        ("a b a b a b c", (2, 3)),
        # The shortest round of the same words.
        ("a a a a", (1, 4)),
        # More words before more times.
        ("no no no x thank you very much thank you very much", (4, 2)),
        # Two apart are no run.
        ("a b x a b", (0, 1)),
        ("a b b a b b", (3, 2)),
    ],
)
def test_the_longest_loop(text: str, loop: tuple[int, int]) -> None:
    assert longest_loop(text.split()) == loop


def test_the_compression_ratio_is_whispers() -> None:
    text = "Thank you. " * 30
    assert compression_ratio(text) == len(text) / len(zlib.compress(text.encode())) > 2.4
    assert compression_ratio("") == 0.0
    # Bytes, not characters.
    assert compression_ratio("\u00e9") == 2 / len(zlib.compress(b"\xc3\xa9"))


SENTENCE = "i was on the train and then i felt it in my chest so i got off at the next stop"


@pytest.mark.parametrize(
    ("reference", "hypothesis", "looping"),
    [
        (SENTENCE, SENTENCE, False),
        (SENTENCE, "", False),
        ("", "", False),
        (SENTENCE, f"{SENTENCE} {SENTENCE}", False),  # twice only, zlib 1.9
        (SENTENCE, " ".join([SENTENCE] * 4), True),
        ("i see", "I see. " * 3, False),
        ("i see", "I see. " * 4, True),
        ("yes", "no " * 7, False),
        ("yes", "no " * 8, True),
        # Repetition in the reference is no loop, nor is one repetition less.
        ("no " * 8, "no " * 8, False),
        ("no " * 9, "no " * 8, False),
        ("no " * 8, "no " * 12, True),
        ("thank you " * 40, "thank you " * 40, False),
    ],
)
def test_spoken_repetition_is_no_loop(reference: str, hypothesis: str, looping: bool) -> None:
    assert looping_of(reference, hypothesis) is looping


def test_a_loop_that_only_compression_detects() -> None:
    # Rounds that differ in one word each: no run, but zlib sees it.
    said = " ".join(f"and then i went to the shop again and said {word}" for word in "abcdefghij")
    assert longest_loop(said.split())[1] < 4 and compression_ratio(said) > 2.4
    assert looping_of("hello", said)


def test_the_longest_run_of_insertions() -> None:
    assert align("a b", "a x y b z").longest_insertion == 2
    assert align("", "thank you for watching").longest_insertion == 4
    assert align("a b", "").longest_insertion == 0
