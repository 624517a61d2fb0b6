"""WER with case and punctuation, and the F1s, worked by hand and counted a second way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from stages.common.text.normalizer import scoring_form
from stages.common.text.written_form import words_of, written_metrics

REFERENCE = "Hi, I'm Anna. Are you well? Yes, I am!"


def metrics(*windows: tuple[str, str]) -> tuple[Any, ...]:
    row = written_metrics(windows)
    return row["wer_written"], row["punctuation_f1"], row["capitalization_f1"]


def test_the_same_text_is_perfect() -> None:
    assert metrics((REFERENCE, REFERENCE)) == (0, 1, 1)


def test_spoken_style_loses_all_of_it() -> None:
    """Every word but "you" differs, and no word in scoring form."""
    hypothesis = "hi i'm anna are you well yes i am"
    assert scoring_form(hypothesis) == scoring_form(REFERENCE)
    assert metrics((REFERENCE, hypothesis)) == (pytest.approx(8 / 9), 0, 0)


@pytest.mark.parametrize(
    ("hypothesis", "punctuation", "capitals"),
    [
        # 5 marks and 6 capitals. Another class is no hit, a missing mark is none on one side.
        ("Hi, I'm Anna? Are you well? Yes, I am!", 8 / 10, 1),
        ("Hi I'm Anna. Are you well? Yes, I am!", 8 / 9, 1),
        # A stop for an exclamation mark is one of its class.
        ("Hi, I'm Anna. Are you well? Yes, I am.", 1, 1),
        # At the wrong word: one hit less, as many marks.
        ("Hi, I'm Anna. Are you well? Yes I, am!", 8 / 10, 1),
        # A misspelled word keeps its mark and capital.
        ("Hi, I'm Anne. Are you well? Yes, I am!", 1, 1),
        ("Hi, I'm anna. Are You well? Yes, I am!", 1, 10 / 12),
        # Words that are left out take theirs along.
        ("Are you well? Yes, I am!", 6 / 8, 6 / 9),
        # Marks of which nothing counts, and a stop by itself.
        ('"Hi, I\'m Anna ." (Are you well? Yes, I - am!)', 1, 1),
    ],
)
def test_f1_by_hand(hypothesis: str, punctuation: float, capitals: float) -> None:
    _, *f1 = metrics((REFERENCE, hypothesis))
    assert f1 == [pytest.approx(punctuation), pytest.approx(capitals)]


def test_windows_are_counted_together() -> None:
    wer, punctuation, capitals = metrics(("Yes.", "yes."), ("No, no, no.", "No no no."))
    assert (wer, punctuation, capitals) == (3 / 4, pytest.approx(4 / 6), pytest.approx(2 / 3))


@pytest.mark.parametrize("windows", [[], [("", "Yes.")], [("", ""), (" ", "no")]])
def test_without_written_transcripts_nothing_is_measured(windows: list[tuple[str, str]]) -> None:
    assert metrics(*windows) == (None, None, None)


def test_a_script_without_case_has_no_capitals() -> None:
    assert metrics(("はい、 そうです。", "はい、 そうです。")) == (0, 1, None)


def test_no_hypothesis_is_an_error_a_word() -> None:
    assert metrics((REFERENCE, "")) == (1, 0, 0)


def test_a_word_has_the_class_of_its_marks() -> None:
    text = 'No?! "Well..." O.K., he said'
    assert [word.mark for word in words_of(text)] == ["?", ".", ".", "", ""]
    assert [word.bare for word in words_of("Mid-day, don't! 'so'")] == ["mid-day", "don't", "so"]


WORDS = st.sampled_from(("Yes", "yes,", "Yes.", "no", "No?", "maybe", "Anna", "anna!", "don't"))
TEXTS = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(TEXTS, st.one_of(TEXTS, st.just(""))), min_size=1, max_size=4))
def test_the_wer_is_the_edit_distance_between_words(windows: list[tuple[str, str]]) -> None:
    errors = sum(Levenshtein.distance(a.split(), b.split()) for a, b in windows)
    words = sum(len(reference.split()) for reference, _ in windows)
    assert written_metrics(windows)["wer_written"] == pytest.approx(errors / words)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_with_the_words_in_place_f1_is_counted_without_an_alignment(text: str) -> None:
    """Marks moved by one word, words kept: the alignment pairs each word with itself."""
    words = words_of(text)
    marks = [word.mark for word in words]
    moved = [*marks[1:], marks[0]]
    hypothesis = " ".join(word.bare + mark for word, mark in zip(words, moved, strict=True))
    hits = sum(bool(a) and a == b for a, b in zip(marks, moved, strict=True))
    total = 2 * sum(map(bool, marks))
    expected = 2 * hits / total if total else None
    assert written_metrics([(text, hypothesis)])["punctuation_f1"] == expected
