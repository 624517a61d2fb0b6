"""Labels without suppressed tokens, checked with the real tokenizers, in the same scoring form."""

from __future__ import annotations

from functools import cache

import pytest
from faster_whisper.tokenizer import Tokenizer as WhisperTokenizer
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from stages.common.text.decodable import SUPPRESSED, decodable
from stages.common.text.normalizer import Style, normalize, scoring_form
from tests.common.text.test_normalizer_properties import ANY_TEXT, ASCII_TEXT, PIECES
from tests.support.real_whisper import real_whisper

LANGUAGES = ("en", "de", "fr", "es", "nl")
WORDS = (
    'I we sleep Dr. PHQ-9: 10:30 9:05. 120/80 and/or he/she (laughing) "Yes," "no." [um] 24/7 '
    "50+ A+ C++ #1 a@b.com - -- \u2013 \u2014 -5 -word 'cause 'til 'n' dogs' l'été 's 't 1/2 3/4 "
    "2:1 5'10\" ~10 <3 x=5 = + / : ; ; well; that: * *sighs* _no_ {x} a\\b \u266f \u300cはい\u300d "
    "Uhr horas uur mg/day 12/05/2019 10:30/11:30 I--I ... ?! . , don't well-being"
)
TEXTS = st.one_of(
    st.lists(st.one_of(st.sampled_from(WORDS.split()), PIECES), max_size=8).map(" ".join),
    ANY_TEXT,
    ASCII_TEXT,
)


@cache
def suppressed(model: str) -> tuple[Tokenizer, frozenset[int]]:
    """The tokenizer, and the tokens that faster-whisper suppresses by default."""
    tokenizer = Tokenizer.from_file(str(real_whisper(model) / "tokenizer.json"))
    multilingual = not model.endswith(".en")
    task, language = ("transcribe", "en") if multilingual else (None, None)
    wrapped = WhisperTokenizer(tokenizer, multilingual, task, language)
    return tokenizer, frozenset(wrapped.non_speech_tokens)


def never_written(text: str, model: str) -> frozenset[int]:
    """Suppressed tokens in the label of `text`."""
    tokenizer, tokens = suppressed(model)
    return tokens & set(tokenizer.encode(f" {text}", add_special_tokens=False).ids)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # As Whisper itself writes times, where that does not sound like a decimal.
        ("At 10:30 we met.", "At 10.30 we met."),
        ("Come at 10:05.", "Come at 10.05."),
        ("Tuesday 10:30 is fine.", "Tuesday 10 30 is fine."),
        ("It was 120/80, then 24/7.", "It was 120 over 80, then 24 7."),
        ("He and/or she", "He and or she"),
        ("(laughing) Oh, I see.", "laughing Oh, I see."),
        ("PHQ-9: 12 today.", "PHQ-9, 12 today."),
        ("I was tired; I slept.", "I was tired, I slept."),
        ('She said, "Go away!" and left.', "She said, Go away! and left."),
        ('He said: "no".', "He said, no."),
        ("She 'hated' it.", "She hated it."),
        ("I -- I mean, no.", "I, I mean, no."),
        ("That was \u2014 to be honest \u2014 hard.", "That was, to be honest, hard."),
        ("and then --", "and then"),
        ("- Yes.", "Yes."),
        ("{,'0", "0"),
        ("'Cause I like it.", "Cause I like it."),
        ("It's -5 outside.", "It's minus 5 outside."),
        ("Anna @ home", "Anna at home"),
        ("2 + 2 = 4", "2 plus 2 equals 4"),
        ("#1 is an A+.", "number 1 is an A plus."),
        ("10:30 - 11:30", "10 30 to 11 30"),
        # No name of the sign sounds the same: the word in spoken style, with its stop.
        ("It's 1/2.", "It's one half."),
        # What may be written stays.
        ("Well-being, I- I mean... 50% & $5?!", "Well-being, I- I mean... 50% & $5?!"),
        ("the dogs' tails", "the dogs' tails"),
    ],
)
def test_the_form(text: str, expected: str) -> None:
    typed = normalize(text, "written")
    assert decodable(typed) == expected
    assert scoring_form(expected) == scoring_form(text)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        # Where it sounds like a time, as Whisper itself writes times.
        ("de", "Um 10:30 Uhr; ja.", "Um 10.30 Uhr, ja."),
        ("de", "120/80 und/oder 5+3", "120 zu 80 und oder 5 plus 3"),
        ("es", "A las 10:30; sí", "A las 10.30, sí"),
        ("fr", "À 10:30, d'accord.", "À dix heures trente, d'accord."),
        ("nl", "Om 8:05, ja", "Om acht uur vijf, ja"),
        ("it", "alle 8:30 e/o dopo", "alle 8.30 e o dopo"),
    ],
)
def test_the_form_in_a_language(language: str, text: str, expected: str) -> None:
    assert decodable(text, language) == expected
    assert scoring_form(expected, language) == scoring_form(text, language)


@pytest.mark.parametrize("style", ["written", "verbatim"])
@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_it_sounds_the_same(language: str, style: Style, text: str) -> None:
    typed = normalize(text, style)
    label = decodable(typed, language)
    assert not SUPPRESSED.search(label)
    assert scoring_form(label, language) == scoring_form(typed, language)
    assert decodable(label, language) == label


@pytest.mark.parametrize("model", ["tiny.en", "base"])
@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_no_label_holds_a_suppressed_token(model: str, text: str) -> None:
    for style in ("written", "verbatim"):
        assert not never_written(decodable(normalize(text, style)), model)


@pytest.mark.parametrize("model", ["tiny.en", "base"])
def test_the_tokenizers_suppress_what_is_rewritten(model: str) -> None:
    """Else the test above could not fail."""
    for text in ("10:30", "120/80", "(sighs)", "I -- no", "- no", "'cause", "A+", "a; b"):
        assert never_written(text, model)
