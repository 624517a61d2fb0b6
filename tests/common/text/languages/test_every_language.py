"""What holds for any text in any language."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.common.text.languages.tables import TABLES
from stages.common.text.normalizer import language_notice, normalize, scoring_form

PIECES_TEXT = (
    "0 1 2 5 05 12 21 100 112 1998 2019 1.000 12,5 0,5 3.14 -5 ½ 1½ % € $ £ ° °C mg ml kg h min "
    "Uhr uur heures 8:30 14.15 8h30 1er 2e 1.ª 3. 12.05.2019 12/05/2019 2-3 7/10 2x & + / . , ' "
    "Mai der am z.B. d.h. Dr. M. Mme Sr. p. ej. bijv. dhr. n° P.T.B.S. PTBS à être Ähm ß œ ñ één "
    "'s 't \u2019 \u00ad \u0130 e\u0301 \U0001f600 million Mio. 0170 123456 999999999999999999"
)
MIXED = st.lists(
    st.one_of(
        st.sampled_from(PIECES_TEXT.split()), st.just(" "), st.just(" "), st.text(max_size=3)
    ),
    max_size=12,
).map("".join)
LANGUAGES = [*sorted(TABLES), "it", "zh", "hu"]


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=300, deadline=None)
@given(text=st.one_of(MIXED, st.text(max_size=40)))
def test_a_second_pass_changes_nothing(language: str, text: str) -> None:
    once = normalize(text, "spoken", language)
    assert normalize(once, "spoken", language) == once == " ".join(once.split())
    form = scoring_form(text, language)
    assert scoring_form(form, language) == form == scoring_form(once, language)
    assert bool(form) == bool(once)


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüßéèñçëïœ0123456789", min_size=1))
def test_words_and_numbers_are_never_lost(language: str, text: str) -> None:
    assert scoring_form(text, language)


@pytest.mark.parametrize("language", sorted(TABLES))
def test_no_digit_stays(language: str) -> None:
    text = normalize(PIECES_TEXT, "spoken", language)
    assert text and not any(char.isdigit() for char in text)


def test_without_a_table_whole_numbers_are_words() -> None:
    assert normalize("Ho 25 anni, 50 mg.", "spoken", "it") == "ho venticinque anni cinquanta mg"


def test_without_numerals_digits_stay() -> None:
    assert normalize("\u5e74 25, 3!", "spoken", "zh") == "\u5e74 25 3"


def test_the_notice_names_what_is_missing() -> None:
    assert language_notice("en") is None and language_notice("de") is None
    italian, chinese = language_notice("it"), language_notice("zh")
    assert italian and "units" in italian and "de, en, es, fr, nl" in italian
    assert chinese and "numbers stay in digits" in chinese
    assert "\n" not in italian + chinese


def test_english_words_do_not_reach_other_languages() -> None:
    """Regression: labels in German held "fifty milligrams"."""
    assert normalize("50 mg", "spoken", "de") == "fünfzig milligramm"


@pytest.mark.parametrize("style", ["verbatim", "written"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_other_styles_do_not_depend_on_the_language(style: str, language: str) -> None:
    text = "Um 8:30 Uhr: 50 mg!"
    assert normalize(text, style, language) == normalize(text, style, "en")  # type: ignore[arg-type]
