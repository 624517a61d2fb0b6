"""Words of DAIC-WOZ's values."""

from __future__ import annotations

import pytest

from attune.corpora.daic_values import UNCLEAR, spoken


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("how_garden (so how does your garden grow)", "so how does your garden grow"),
        ("IntroV4Hello (hello there)", "hello there"),
        ("bye(goodbye)", "goodbye"),
        ("so how does your garden grow", "so how does your garden grow"),
        # A key without its words, and brackets that no key precedes.
        ("how_garden", UNCLEAR),
        ("right2", UNCLEAR),
        ("how_garden ()", UNCLEAR),
        ("so how (really) is it", UNCLEAR),
        ("how_garden (so how (really) is it)", UNCLEAR),
        ("in l_a (laughter)", UNCLEAR),
    ],
)
def test_the_interviewer(value: str, words: str) -> None:
    assert spoken(value, is_interviewer=True) == (words, False)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("i came to l_a by the a_m_t_r_a_k's train", "i came to LA by the AMTRAK's train"),
        ("it's  fine <laughter>", "it's fine <laughter>"),
        ("my name is scrubbed_entry i think", "my name is scrubbed_entry i think"),
        ("those people <peop> xxx", "those people <peop> xxx"),
        ("i (sighs) do", "i (sighs) do"),
        ("odd_thing here", f"{UNCLEAR} here"),
        ("<sync> yes", "yes"),
        ("", ""),
        ("synchronize it", "synchronize it"),
    ],
)
def test_the_participant(value: str, words: str) -> None:
    assert spoken(value, is_interviewer=False) == (words, False)


@pytest.mark.parametrize(
    "value", ["<sync>", "<synch>", "[syncing]", "[synch]", "<sync.", " <Sync> "]
)
def test_a_synchronization_signal(value: str) -> None:
    assert spoken(value, is_interviewer=False) == ("", True)
