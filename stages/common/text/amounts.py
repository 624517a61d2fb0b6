"""Signs, ordinals, fractions and scores, percentages, and all remaining digits."""

import re

from stages.common.text.numbers import NUMBER, cardinal, is_year, number, ordinal, short_pair, year
from stages.common.text.units import UNIT, unit_words

_MINUS = re.compile(r"(?<![\w)%.,'-])-(?=[$£€]?\.?\d)")
_PLUS = re.compile(r"\+(?=\s?\d)|(?<=\d)\s?\+")
_PLUS_MINUS = re.compile(r"\u00b1\s?(?=\d)")
_HASH = re.compile(r"#\s?(?=\d)")
_ABOUT = re.compile(r"(?<!\w)~\s?(?=[$£€]?\d)")
# In lower case "no." ends a sentence ("I said no. 5 times.").
_NUMBER_ABBREVIATION = re.compile(r"\b(?:No|NO|Nos)\.\s?(?=\d)")
_CROSS = re.compile(r"(?<=\d)\s?[x\u00d7]\s?(?=\d)", re.I)
_TIMES_BEFORE = re.compile(r"(?<!\w)[x\u00d7]\s?(?=\d)", re.I)
_TIMES_AFTER = re.compile(rf"(?<![\w.,])({NUMBER})\s?[x\u00d7](?!\w)", re.I)
_EQUALS = re.compile(r"(?<=[\w.])\s?=\s?(?=\d)")

_ORDINAL = re.compile(r"(?<![\w.])(\d{1,3}(?:,\d{3}){1,9}|\d{1,40}+)(st|nd|rd|th)\b", re.I)
_SLASH = re.compile(
    r"(?<![\w.,/])(?:(\d{1,2}) )?(\d+(?:\.\d+)?)\s?/\s?(\d+(?:\.\d+)?)"
    rf"(?:\s?({UNIT})(?![\w'/])|(?![\w/])(?!\.\d))"
)
_PERCENT = re.compile(rf"({NUMBER})?\s?%")
_POINTS = re.compile(r"(?<![\w.])\d+(?:\.\d+){2,}(?!\w)")
_REST = re.compile(NUMBER)
_LETTER_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")

_DENOMINATORS = {2: "half", 3: "third", 4: "quarter", 8: "eighth"}
# Denominators of unit fractions alone: "1/5" is a fraction, "4/5" a score.
_UNIT_DENOMINATORS = _DENOMINATORS | {5: "fifth", 6: "sixth", 7: "seventh", 9: "ninth"}


def minus_signs(text: str) -> str:
    """A hyphen that opens a number: "-5", "-$5"."""
    return _MINUS.sub(" minus ", text)


def signs(text: str) -> str:
    """ "18+", "2 + 2 = 4", "#3", "No. 5", "~10", "x2", "3x": the sign becomes a word."""
    text = _PLUS_MINUS.sub(" plus or minus ", text)
    text = _PLUS.sub(" plus ", text)
    text = _HASH.sub(" number ", text)
    text = _NUMBER_ABBREVIATION.sub(" number ", text)
    text = _ABOUT.sub(" about ", text)
    text = _CROSS.sub(" by ", text)
    text = _TIMES_BEFORE.sub(" times ", text)
    text = _TIMES_AFTER.sub(lambda m: f" {number(m[1])} times ", text)
    return _EQUALS.sub(" equals ", text)


def ordinals(text: str) -> str:
    """ "3rd" and "1,000th"; "12st" is a weight, since no ordinal ends so."""

    def _replace(match: re.Match[str]) -> str:
        value, suffix = match[1].replace(",", ""), match[2]
        if suffix == "st" and (value[-1] != "1" or value[-2:] == "11"):
            return f"{value} st"
        return f" {ordinal(value)} "

    return _ORDINAL.sub(_replace, text)


def _fraction(numerator: int, denominator: int) -> str | None:
    names = _UNIT_DENOMINATORS if numerator == 1 else _DENOMINATORS
    if denominator not in names or not 0 < numerator < denominator:
        return None
    return f"{cardinal(str(numerator))} {names[denominator]}{'s' if numerator > 1 else ''}"


def _slash(match: re.Match[str]) -> str:
    whole, left, right, unit = match.groups()
    if unit:
        fraction = _fraction(int(left), int(right)) if (left + right).isdigit() else None
        if fraction is None:
            return match[0]
        if whole:
            return f"{_slash_words(whole, left, right)} {unit_words(unit, False)} "
        # "3/4 hr" is "three quarters of an hour".
        name = unit_words(unit, True)
        of = "" if int(left) == 1 else f"of {'an' if name in ('hour', 'ounce') else 'a'} "
        return f" {fraction} {of}{name} "
    return _slash_words(whole, left, right)


def _slash_words(whole: str | None, left: str, right: str) -> str:
    lead = f"{cardinal(whole)} " if whole else ""
    if "." in left or "." in right:
        return f" {lead}{number(left)} out of {number(right)} "
    if len(left) == 4 and is_year(int(left)) and len(right) in (2, 4):
        return f" {lead}{year(int(left))} {year(int(left[:2] + right[-2:]))} "
    if len(left) > 3 or len(right) > 3 or left.startswith("0") or right.startswith("0"):
        return f" {lead}{short_pair(left)} {short_pair(right)} "
    numerator, denominator = int(left), int(right)
    fraction = _fraction(numerator, denominator)
    if fraction is not None:
        # After a whole number a unit fraction has the article: "one and a half".
        if whole and numerator == 1:
            fraction = f"{'an' if denominator == 8 else 'a'}{fraction[3:]}"
        return f" {lead}{'and ' if whole else ''}{fraction} "
    if numerator > denominator:
        # Not a score: a blood pressure ("120/80") or a ratio.
        return f" {lead}{cardinal(left)} over {cardinal(right)} "
    return f" {lead}{cardinal(left)} out of {cardinal(right)} "


def fractions(text: str) -> str:
    """ "1/2", "1 1/2", "7/10" as a score, "120/80" as a blood pressure."""
    return _SLASH.sub(_slash, text)


def percentages(text: str) -> str:
    """ "50%" is "fifty percent"; a bare sign is spoken too."""
    return _PERCENT.sub(lambda m: f" {number(m[1]) if m[1] else ''} percent ", text)


def remaining(text: str) -> str:
    """All remaining digits: plain numbers, version numbers, digits next to letters."""
    text = _POINTS.sub(lambda m: f" {' point '.join(map(cardinal, m[0].split('.')))} ", text)
    text = _LETTER_DIGIT.sub(" ", text)
    return _REST.sub(lambda m: f" {number(m[0])} ", text)
