"""The text normalizer: defines each transcript style and the scoring form that WER compares."""

import re
import unicodedata
from typing import Literal

from stages.common.text.languages.numerals import has_numerals
from stages.common.text.languages.one_form import one_form as other_one_form
from stages.common.text.languages.spoken import spoken
from stages.common.text.languages.tables import TABLES
from stages.common.text.spoken_english import spoken_english
from stages.common.text.unicode_forms import clean, is_mark
from stages.common.text.variants.english import one_form

VERSION = 2
"""Raised whenever an output can change: scores of two versions are not comparable."""

Style = Literal["spoken", "verbatim", "written"]

_VERBATIM_MARKS = frozenset(".,?!%&+@#$\u00a3\u20ac\u00a5\u00b0=")
_INNER_MARK = re.compile(r"(?<=[^\W_])[-'](?=[^\W_])|(?<![^ ])[-'](?=\d)|(?<=\d)[:/](?=\d)")
_LOOSE_STOP = re.compile(r"(?<! ) ++([.,?!]++)(?![^ ])")


def _verbatim(text: str) -> str:
    text = unicodedata.normalize("NFKC", clean(text).lower())
    kept = {match.start() for match in _INNER_MARK.finditer(text)}
    text = "".join(
        char if index in kept or char.isalnum() or char in _VERBATIM_MARKS or is_mark(char) else " "
        for index, char in enumerate(text)
    )
    return " ".join(_LOOSE_STOP.sub(r"\1", " ".join(text.split())).split())


def normalize(text: str, style: Style, language: str = "en") -> str:
    """The text in one of the three styles. Idempotent: a second application changes nothing.

    - spoken: lower-case words as they are spoken, numbers and units in full, no punctuation
    - verbatim: lower case, with sentence punctuation and digits as typed
    - written: as typed, with Unicode clean-up alone

    Args:
        language: Whisper's code, which decides the words of `spoken`; see `language_notice`.
    """
    if style == "spoken":
        return spoken_english(text) if language == "en" else spoken(text, language)
    if style == "verbatim":
        return _verbatim(text)
    return clean(text)


def scoring_form(text: str, language: str = "en") -> str:
    """The form that WER compares: spoken style, with one spelling for each sound."""
    if language == "en":
        return one_form(spoken_english(text))
    return other_one_form(spoken(text, language), language)


def language_notice(language: str) -> str | None:
    """What the normalizer lacks in a language, in one line; None if it lacks nothing."""
    if language == "en" or language in TABLES:
        return None
    known = ", ".join(sorted(["en", *TABLES]))
    if has_numerals(language):
        return (
            f"language {language}: whole numbers are written in words; units, abbreviations, "
            f"decimals and times as typed, since only {known} have tables for them"
        )
    return (
        f"language {language}: numbers stay in digits, since num2words does not know the language; "
        f"units and abbreviations stay as typed, since only {known} have tables for them"
    )
