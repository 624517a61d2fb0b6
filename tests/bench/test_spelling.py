"""The floor of the WER, on some of the demo's sessions: spelling alone is no error."""

from __future__ import annotations

import pytest

from bench.spelling import TARGET, changed_words, floors
from bench.spelling_variations import CONTRACTED, FILLERS, IN_FULL, VARIATIONS
from demo.compose import compose
from demo.material import spoken, written

LINES = [line.text for session in compose(8) for line in session.lines]
TEXTS = [written(text) for text in LINES]


@pytest.mark.parametrize("name", VARIATIONS)
def test_a_model_that_recognizes_every_word_makes_no_errors(name: str) -> None:
    varied = [VARIATIONS[name](text) for text in TEXTS]
    assert changed_words(TEXTS, varied) > 0
    alone, in_windows, _ = floors(varied, TEXTS)
    assert max(alone, in_windows) < TARGET


def test_numbers_in_words_are_no_errors() -> None:
    alone, in_windows, _ = floors([spoken(text) for text in LINES], TEXTS)
    assert max(alone, in_windows) < TARGET


def test_a_wrong_word_is_still_an_error() -> None:
    """The floor is not low because everything is merged: every tenth word is another one."""
    wrong = [
        " ".join("zebra" if n % 10 == 9 else w for n, w in enumerate(t.split())) for t in TEXTS
    ]
    changed = changed_words(TEXTS, wrong)
    words = sum(len(text.split()) for text in TEXTS)
    assert floors(TEXTS, wrong)[0] == pytest.approx(changed / words, rel=0.15)


@pytest.mark.parametrize(
    ("variation", "text", "expected"),
    [
        (IN_FULL, "I can't, it's been hard, I'd say", "I cannot, it has been hard, I would say"),
        (IN_FULL, "That's a start. Let's go", "That is a start. Let us go"),
        (CONTRACTED, "I am not going to go, it is hard", "I'm not gonna go, it's hard"),
        (CONTRACTED, "She has a dog", "She has a dog"),
        (FILLERS, "Um, mm-hmm, okay", "Erm, mhm, OK"),
    ],
)  # fmt: skip
def test_variations_write_what_a_person_would(variation: object, text: str, expected: str) -> None:
    assert callable(variation)
    assert variation(text) == expected
