"""Whisper's own normalizer and the WER under it."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from stages.common.text.normalizer import scoring_form
from stages.common.text.whisper_wer import normalizer, whisper_wer


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Um, I can't, Dr. Harris!", "i can not doctor harris"),
        ("Twenty-five colours, $2.50", "25 colors $2.50"),
        ("It was [laughs] her favourite (sighs) programme.", "it was her favorite program"),
    ],
)
def test_english(text: str, expected: str) -> None:
    assert normalizer("en")(text).strip() == expected


def test_another_language_keeps_its_words() -> None:
    assert normalizer("de")("Zwei Stühle, [lacht] um acht!").split() == [
        "zwei", "stühle", "um", "acht",
    ]  # fmt: skip


def test_the_scoring_form_before_it_would_change_the_words() -> None:
    """Why it gets the model's own text."""
    text = "It was 8, um, 50 mg."
    assert normalizer("en")(text).split()[2:] == ["8", "50", "mg"]
    assert normalizer("en")(scoring_form(text)).split()[2:] == ["850", "milligrams"]


def test_wer_over_all_windows_together() -> None:
    windows = [
        ("she saw twenty grey chairs", "She saw 20 gray chairs."),
        ("uh", "Hmm."),
        ("we have slept", "We've slept in."),
    ]
    assert whisper_wer(windows, "en") == {
        # One insertion to eight words: "uh" and "hmm" do not count.
        "wer_whisper": pytest.approx(1 / 8),
        "whisper_normalizer": f"EnglishTextNormalizer {version('transformers')}",
    }
    assert whisper_wer([("um", "yes")], "en")["wer_whisper"] is None
    assert whisper_wer([("eins", "zwei")], "de")["whisper_normalizer"].startswith("BasicText")


def test_the_rules_are_openais_alone() -> None:
    assert normalizer("en")("Kinda, 'cause I dunno.").strip() == "kinda cause i dunno"
