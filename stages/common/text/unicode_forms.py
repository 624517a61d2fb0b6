"""Unicode clean-up for every style: one form of each quotation mark, dash, space and digit."""

import re
import unicodedata

# Mapped before NFKC, which would decompose them in an unhelpful way.
_BEFORE_NFKC = str.maketrans(
    dict.fromkeys("\u2014\u2015\u2e3a\u2e3b\ufe58\ufe31", " - ")  # dashes
    | dict.fromkeys("\u2122\u2120\u00ae\u00a9", " ")  # trade-mark signs are silent
    | {
        "\u00b4": "'",  # acute accent typed as an apostrophe
        "\u2033": '"',  # double prime (inches), two primes under NFKC
        "\u2116": "No. ",
    }
)
_AFTER_NFKC = (
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2039\u203a\u02b9\u02bb\u02bc\u02bd\u02c8", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"')
    | {
        "\u2212": "-",  # minus sign
        "\u2044": "/",  # fraction slash, part of a decomposed one-character fraction
        "\u2215": "/",
        "\u2236": ":",
        "\u00b0": "\u00b0",  # a symbol by category, but spoken
    }
)
_ONE_CHARACTER_FRACTION = "[\u00bc-\u00be\u2150-\u215e]"
_DIGIT_BESIDE_FRACTION = re.compile(
    f"(?<=[0-9])(?={_ONE_CHARACTER_FRACTION})|(?<={_ONE_CHARACTER_FRACTION})(?=[0-9])"
)
_ASCII_CONTROL = re.compile("[\x00-\x1f\x7f]+")


def _clean_char(char: str) -> str:
    """Replacement of a non-ASCII character that is no combining mark."""
    mapped = _AFTER_NFKC.get(char)
    if mapped is not None:
        return mapped
    category = unicodedata.category(char)
    if category[0] == "L":
        return char
    if category[0] == "N":
        digit = unicodedata.digit(char, None)
        return " " if digit is None else str(digit)
    if category == "Pd":
        return "-"
    if category[0] == "P" or category in ("Sc", "Sm"):
        return char
    # Format characters stand inside words (zero-width joiners, soft hyphens) and leave no space.
    # Emoji and other pictures, controls, separators and unassigned code points leave one.
    return "" if category == "Cf" else " "


def is_mark(char: str) -> bool:
    """Whether the character is a combining mark."""
    return unicodedata.category(char)[0] == "M"


def lower_key(text: str) -> str:
    """The key under which to look up a match of a pattern with `re.IGNORECASE`.

    To such patterns Turkish's dotted capital I and dotless small i are an i; to `str.lower` not.
    """
    return text.replace("\u0130", "i").replace("\u0131", "i").lower()


def _is_variation_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _clean_wide(text: str) -> str:
    text = _DIGIT_BESIDE_FRACTION.sub(" ", text).translate(_BEFORE_NFKC)
    kept: list[str] = []
    last = " "
    for char in unicodedata.normalize("NFKC", text):
        if char.isascii():
            new = "'" if char == "`" else char
        elif is_mark(char):
            # A combining mark without a letter (emoji variation, key cap, stray accent) is noise.
            has_letter = last.isalpha() or is_mark(last)
            new = char if has_letter and not _is_variation_selector(char) else ""
        else:
            new = _clean_char(char)
        if new:
            kept.append(new)
            last = new[-1]
    # A dropped character may have stood between a letter and its accent: compose again.
    return unicodedata.normalize("NFKC", "".join(kept))


def clean(text: str) -> str:
    """NFKC with straight quotation marks, plain hyphens and digits, single spaces and no emoji."""
    text = text.replace("`", "'") if text.isascii() else _clean_wide(text)
    return " ".join(_ASCII_CONTROL.sub(" ", text).split())
