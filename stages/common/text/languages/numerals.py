"""Numbers in the words of any language that num2words knows."""

from __future__ import annotations

import re
from functools import lru_cache

from num2words import CONVERTER_CLASSES, num2words

MAX_DIGITS = 15
"""A longer number is an account or reference number: it is read digit by digit."""
# num2words writes a Spanish "uno" where the number goes on ("veintiuno mil").
_SPANISH_ONE = re.compile(r"(veinti)?uno(?= mil)")


def has_numerals(language: str) -> bool:
    return language in CONVERTER_CLASSES


@lru_cache(maxsize=8192)
def cardinal(text: str, language: str) -> str:
    """A whole number as a quantity; with a leading zero or more than 15 digits, digit by digit."""
    if len(text) > MAX_DIGITS or (text[0] == "0" and len(text) > 1):
        return digits(text, language)
    words: str = num2words(int(text), lang=language)
    if language == "es":
        words = _SPANISH_ONE.sub(lambda m: "veintiún" if m[1] else "un", words)
    return words


def digits(text: str, language: str) -> str:
    """The digits of a text one by one; other characters are skipped."""
    return " ".join(num2words(int(char), lang=language) for char in text if char.isdigit())


@lru_cache(maxsize=1024)
def ordinal(text: str, language: str) -> str:
    words: str = num2words(int(text), lang=language, to="ordinal")
    return words
