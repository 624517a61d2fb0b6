"""The places of one word or phrase in all drafts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attune.draft.alike import WordIndex, alike, key_of
from attune.draft.drafts import Word


def words(text: str) -> list[Word]:
    return [Word(float(at), at + 0.5, word, 0.5) for at, word in enumerate(text.split())]


DRAFTS = {
    "b": words("She takes Sara Lean, and sara lean - helps. Lean on me."),
    "a": words("sara who? Sara - Lean!"),
}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("sara lean", [("a", 2), ("b", 2), ("b", 5)]),
        ("LEAN", [("a", 4), ("b", 3), ("b", 6), ("b", 9)]),
        ("lean on me.", [("b", 9)]),
        ("lean on him", []),
        ("me sara", []),  # not across recordings
        ("- ?", []),
    ],
)
def test_case_and_punctuation_do_not_matter(text: str, places: list[tuple[str, int]]) -> None:
    assert alike(DRAFTS, text) == places


@given(st.lists(st.sampled_from("ab-"), max_size=12), st.lists(st.sampled_from("ab"), min_size=1))
def test_every_place_is_found(draft: list[str], wanted: list[str]) -> None:
    kept = [(word, at) for at, word in enumerate(draft) if word != "-"]
    found = WordIndex({"x": words(" ".join(draft))}).alike(" ".join(wanted))
    starts = [kept[n : n + len(wanted)] for n in range(len(kept))]
    expected = [part[0][1] for part in starts if [word for word, _ in part] == wanted]
    assert found == [("x", at) for at in expected]


def test_a_word_keeps_its_inner_marks() -> None:
    assert key_of("\u201cDon't\u201d,") == "don't" and key_of("--") == ""
