"""The text normalizer: defines each transcript style and the scoring form that WER compares.

`spoken` runs its rules in this order, and each relies on the ones before it:

 1. Unicode clean-up (one kind of quote, dash, space and digit; emoji dropped);
 2. text in capitals to lower case, since capitals mark acronyms later;
 3. web and mail addresses, then abbreviations and titles, whose full stops would end numbers;
 4. digits, from the most specific form to the most general:
    telephone numbers, numeric dates, heights, fixed phrases, minus, money, other signs, ranges,
    clock times, days of a month, decades, ordinals, fractions and scores,
    units, percentages, years, and last all remaining digits;
 5. initials with full stops, symbols, acronyms;
 6. lower case; everything but letters and in-word apostrophes becomes a space;
 7. abbreviations that are never words ("ok", "mr").

Steps 1 to 5 find nothing to change in a text after step 6, nor does step 7 in its own results, so a
second pass changes nothing.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Literal

from stages.common.text import abbreviations, acronyms, amounts, digit_groups, money, times, units
from stages.common.text.unicode_forms import clean, is_mark

VERSION = 1
"""Raised whenever an output can change: scores of two versions are not comparable."""

Style = Literal["spoken", "verbatim", "written"]

_Rule = Callable[[str], str]

_DIGIT_RULES: tuple[_Rule, ...] = (
    digit_groups.spelled_digits,
    times.numeric_dates,
    digit_groups.heights,
    digit_groups.fixed_phrases,
    amounts.minus_signs,
    money.money,
    amounts.signs,
    digit_groups.ranges,
    times.clock_times,
    times.month_days,
    times.decades,
    amounts.ordinals,
    amounts.fractions,
    units.quantities,
    amounts.percentages,
    times.years,
    amounts.remaining,
)

_DIGIT = re.compile(r"\d")
_UPPER = re.compile(r"[A-Z]")
_NOT_LETTERS = re.compile(r"[^a-z' ]+")
# Apostrophes at the edge of a word are quotation marks or clipped letters ("goin'").
_EDGE_APOSTROPHE = re.compile(r"(?<![^ ])'+|'+(?![^ ])|''+")

_VERBATIM_MARKS = frozenset(".,?!%&+@#$\u00a3\u20ac\u00a5\u00b0=")
_INNER_MARK = re.compile(r"(?<=[^\W_])[-'](?=[^\W_])|(?<![^ ])[-'](?=\d)|(?<=\d)[:/](?=\d)")
_LOOSE_STOP = re.compile(r" +([.,?!]+)(?![^ ])")


def _letters_only(text: str) -> str:
    """Letters with their marks, in-word apostrophes and single spaces."""
    if text.isascii():
        text = _NOT_LETTERS.sub(" ", text)
    else:
        kept: list[str] = []
        for char in text:
            if char.isalpha() or char == "'":
                kept.append(char)
            elif is_mark(char):
                # A combining mark is dropped together with its letter.
                if kept and (kept[-1].isalpha() or is_mark(kept[-1])):
                    kept.append(char)
            else:
                kept.append(" ")
        text = "".join(kept)
    if "'" in text:
        text = _EDGE_APOSTROPHE.sub(" ", text)
    return " ".join(text.split())


def scoring_form(text: str) -> str:
    """The form that WER compares: spoken style, without punctuation but for in-word apostrophes."""
    text = clean(text)
    if _UPPER.search(text):
        text = acronyms.unshout(text)
    text = abbreviations.abbreviations(abbreviations.web_addresses(text))
    if _DIGIT.search(text):
        text = acronyms.lower_with_number(text)
        for rule in _DIGIT_RULES:
            text = rule(text)
    text = abbreviations.symbols(abbreviations.initials(units.rates(text)))
    if _UPPER.search(text):
        text = acronyms.acronyms(text)
    text = _letters_only(unicodedata.normalize("NFKC", text.lower()))
    return abbreviations.short_words(text)


def _verbatim(text: str) -> str:
    text = unicodedata.normalize("NFKC", clean(text).lower())
    kept = {match.start() for match in _INNER_MARK.finditer(text)}
    text = "".join(
        char if index in kept or char.isalnum() or char in _VERBATIM_MARKS or is_mark(char) else " "
        for index, char in enumerate(text)
    )
    return " ".join(_LOOSE_STOP.sub(r"\1", " ".join(text.split())).split())


def normalize(text: str, style: Style) -> str:
    """The text in one of the three styles. Idempotent: a second application changes nothing.

    - spoken: lower-case words as they are spoken, numbers and units in full, no punctuation
    - verbatim: lower case, with sentence punctuation and digits as typed
    - written: as typed, with Unicode clean-up alone
    """
    if style == "spoken":
        return scoring_form(text)
    if style == "verbatim":
        return _verbatim(text)
    return clean(text)
