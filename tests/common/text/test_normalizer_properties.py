"""Properties of the normalizer that hold for any text."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.common.text.normalizer import VERSION, Style, normalize, scoring_form

STYLES: tuple[Style, ...] = ("spoken", "verbatim", "written")

# Pieces that the rules look for, so that random joins of them meet the rules.
PIECES_TEXT = (
    "0 1 5 05 12 21 90 100 105 1990 2005 2019 123456 1234567890123456789 1,200 3.5 .5 "
    "$ \u00a3 \u20ac \u00a2 % # & @ + - \u2013 \u2014 / : . , ' \u2019 \" ( ) = ~ x \u00d7 \u00b0 "
    "st nd rd th s mg ml g kg min hr am pm a.m. p.m. AM k m million /day /Month "
    "Dr Mr. St. e.g. etc. No. ok vs OK O.K. U.S. the US CBT PHQ-9 SSRIs II IV PhD A&E I NO "
    "May Jan. June um mm-hmm don't O'Neil e\u0301 \u0301 \u00bd \u0130 \u00df \ufb01 \u200b "
    "\U0001f600 \uff15 \u0663 \u00b2 \u2033 \u2032 www. .com call 911 1/2 24/7 m\u0131ns \u0130ncl."
)
PIECES = st.sampled_from(PIECES_TEXT.split())
MIXED = st.lists(
    st.one_of(PIECES, st.just(" "), st.just(" "), st.text(max_size=3)), max_size=12
).map("".join)
ANY_TEXT = st.one_of(st.text(max_size=60), MIXED)
ASCII_TEXT = st.text(alphabet=[chr(code) for code in range(32, 127)], max_size=40)

# Written short forms, which are expanded even in lower case.
SHORT_FORMS = {
    "appt", "appts", "approx", "dr", "drs", "etc", "mr", "mrs", "ok", "oks", "vs",
}  # fmt: skip


def _assert_spoken_form(text: str) -> None:
    assert text == text.strip()
    assert "  " not in text
    assert text == text.lower()
    for word in text.split(" ") if text else []:
        assert word[0].isalpha()
        for before, char in pairwise(word):
            if char == "'":
                assert before != "'"
                continue
            category = unicodedata.category(char)
            assert category[0] in "LM"
            # After an apostrophe comes a letter, never a mark.
            assert before != "'" or category[0] == "L"
        assert word[-1] != "'"


@pytest.mark.parametrize("style", STYLES)
@settings(max_examples=400, deadline=None)
@given(text=st.one_of(ANY_TEXT, ASCII_TEXT))
def test_a_second_pass_changes_nothing(style: Style, text: str) -> None:
    once = normalize(text, style)
    assert normalize(once, style) == once


@pytest.mark.parametrize("style", STYLES)
@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet=st.characters(), max_size=60))
def test_any_unicode_text_is_taken(style: Style, text: str) -> None:
    out = normalize(text, style)
    assert out == " ".join(out.split())


@settings(max_examples=600, deadline=None)
@given(text=st.one_of(ANY_TEXT, ASCII_TEXT))
def test_spoken_is_lower_case_words_and_single_spaces(text: str) -> None:
    _assert_spoken_form(normalize(text, "spoken"))


@settings(max_examples=300, deadline=None)
@given(text=ANY_TEXT)
def test_scoring_form_is_stable_and_blind_to_the_spoken_form(text: str) -> None:
    scored = scoring_form(text)
    assert scoring_form(scored) == scored
    assert scoring_form(normalize(text, "spoken")) == scored


@settings(max_examples=200, deadline=None)
@given(
    words=st.lists(
        st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8).filter(
            lambda word: word not in SHORT_FORMS
        ),
        max_size=10,
    )
)
def test_plain_words_pass_unchanged(words: list[str]) -> None:
    text = " ".join(words)
    assert normalize(text, "spoken") == text


@settings(max_examples=200, deadline=None)
@given(value=st.integers(min_value=0, max_value=10**40))
def test_any_number_becomes_words(value: int) -> None:
    words = normalize(str(value), "spoken")
    assert words
    _assert_spoken_form(words)
    assert len(words) < 400


@settings(max_examples=200, deadline=None)
@given(value=st.integers(min_value=10**15, max_value=10**40))
def test_very_long_numbers_are_read_digit_by_digit(value: int) -> None:
    assert len(normalize(str(value), "spoken").split()) == len(str(value))


@settings(max_examples=200, deadline=None)
@given(text=ASCII_TEXT)
def test_written_changes_only_spaces_and_backticks_in_ascii(text: str) -> None:
    assert normalize(text, "written") == " ".join(text.replace("`", "'").split())


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u200b", "\u00a0"])
def test_nothing_stays_nothing(style: Style, text: str) -> None:
    assert normalize(text, style) == ""


def test_the_version_is_a_positive_whole_number() -> None:
    assert isinstance(VERSION, int)
    assert VERSION >= 1


# Words that the merges of the scoring form look for, and their neighbours.
MERGED_TEXT = """
i'm can't cannot won't it's he's i'd they'd've let's mum's mother's mother has had would is been
gone put better not never a an the cause because six am us hundred and five zero point oh mg one
ptsd cbt gps tv um erm mhm hm okay ok alright everyday gonna dunno realised counselling what how
your left drinking half thousand o'clock dont im hes ain't y'all 's ii don't shouldn't've coming
"""
MERGED = st.lists(st.sampled_from(MERGED_TEXT.split()), max_size=9).map(" ".join)
# Two spellings of each sound, which are one form in any context.
SPELLINGS = [
    ("erm", "um"), ("mhm", "mm-hmm"), ("OK", "okay"), ("PTSD", "ptsd"), ("alright", "all right"),
    ("can't", "cannot"), ("I'm", "I am"), ("they'll", "they will"), ("realised", "realized"),
    ("gonna", "going to"), ("mum", "mom"), ("percent", "per cent"), ("don't", "dont"),
    ("we've", "we have"), ("P.T.S.D.", "PTSD"), ("everyday", "every day"), ("GPs", "gps"),
]  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(text=st.one_of(MERGED, ANY_TEXT))
def test_scoring_form_has_words_and_is_stable(text: str) -> None:
    scored = scoring_form(text)
    assert scoring_form(scored) == scored
    assert bool(scored) == bool(normalize(text, "spoken"))
    _assert_spoken_form(scored)


@pytest.mark.parametrize("spellings", SPELLINGS, ids="|".join)
@settings(max_examples=60, deadline=None)
@given(before=MERGED, after=MERGED)
def test_two_spellings_are_one_form_beside_any_words(
    spellings: tuple[str, str], before: str, after: str
) -> None:
    one, other = (scoring_form(f"{before} {each} {after}") for each in spellings)
    assert one == other


@settings(max_examples=300, deadline=None)
@given(text=MERGED, cut=st.integers(0, 12))
def test_a_part_of_a_form_is_a_form(text: str, cut: int) -> None:
    """A window's hypothesis is split between its clips, and each part is scored again."""
    words = scoring_form(text).split()
    for part in (" ".join(words[:cut]), " ".join(words[cut:])):
        assert len(scoring_form(part).split()) == len(part.split())


@settings(max_examples=300, deadline=None)
@given(text=MERGED)
def test_case_and_stops_do_not_count(text: str) -> None:
    assert scoring_form(text.capitalize() + ".") == scoring_form(text)
