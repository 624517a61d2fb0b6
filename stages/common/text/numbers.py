"""Numbers to words: cardinals, ordinals, years, decades, decimals and digit strings.

Every function returns lower-case words with single spaces. Cardinals use "and" after the
hundreds ("one hundred and five").
"""

from functools import lru_cache

from num2words import num2words

MAX_CARDINAL_DIGITS = 15
"""A longer number is not spoken as a quantity: it is an account or reference number."""

NUMBER = (
    r"(?:\d{1,3}(?:,\d{3}){1,9}(?!\d)(?:\.\d{1,40})?|\d{1,40}+(?:\.\d{1,40}+)?|(?<!\d)\.\d{1,40})"
)
"""Regular expression of a number with or without thousands commas and a decimal part."""

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_PLURALS = {"00": "two thousands", "100": "hundreds", "1000": "thousands"}


def _plain(words: str) -> str:
    return words.replace(",", "").replace("-", " ")


def digits(text: str) -> str:
    """The digits of a text one by one; other characters are skipped."""
    return " ".join(_DIGITS[int(char)] for char in text if "0" <= char <= "9")


@lru_cache(maxsize=4096)
def cardinal(text: str) -> str:
    """A whole number as a quantity; with a leading zero or more than 15 digits, digit by digit."""
    text = text.replace(",", "")
    if len(text) > MAX_CARDINAL_DIGITS or (text.startswith("0") and len(text) > 1):
        return digits(text)
    return _plain(num2words(int(text)))


def number(text: str) -> str:
    """A number, with or without thousands commas and a decimal part, in words."""
    whole, point, fraction = text.replace(",", "").partition(".")
    if not point:
        return cardinal(whole)
    head = f"{cardinal(whole)} " if whole else ""
    return f"{head}point {digits(fraction)}"


@lru_cache(maxsize=1024)
def ordinal(text: str) -> str:
    """The ordinal of a whole number: "21" is "twenty first"."""
    text = text.replace(",", "")
    if len(text) > MAX_CARDINAL_DIGITS:
        return f"{digits(text)} th"
    return _plain(num2words(int(text), to="ordinal"))


def short_pair(text: str) -> str:
    """Two digits of a time or a short year: "05" is "oh five"."""
    if len(text) == 2 and text[0] == "0":
        return f"oh {_DIGITS[int(text[1])]}"
    return cardinal(text)


def year(value: int) -> str:
    """A year from 1100 to 2099 in words."""
    return _plain(num2words(value, to="year"))


def is_year(value: int) -> bool:
    """Whether a number is in the range that is read as years, 1100 to 2099."""
    return 1100 <= value <= 2099


def plural_number(text: str) -> str:
    """A number written with an s: "30s", "1990s", "6s", "100s"."""
    if text in _PLURALS:
        return _PLURALS[text]
    words = year(int(text)) if len(text) == 4 and is_year(int(text)) else cardinal(text)
    if words.endswith("y"):
        return f"{words[:-1]}ies"
    return f"{words}es" if words.endswith("x") else f"{words}s"
