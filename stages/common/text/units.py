"""Units after a number, spoken in full: doses, measures, durations and degrees."""

import re

from stages.common.text.numbers import NUMBER, number
from stages.common.text.unicode_forms import lower_key

# Singular and plural, in British spelling ("litre"), and the written forms in lower case.
_UNITS = {
    form: (one, many)
    for one, many, forms in (
        ("milligram", "milligrams", "mg mgs"),
        ("microgram", "micrograms", "mcg ug \u03bcg"),
        ("gram", "grams", "g"),
        ("kilogram", "kilograms", "kg kgs"),
        ("millilitre", "millilitres", "ml mls"),
        ("decilitre", "decilitres", "dl"),
        ("litre", "litres", "l"),
        ("millimole", "millimoles", "mmol"),
        ("international unit", "international units", "iu"),
        ("millimetre", "millimetres", "mm"),
        ("centimetre", "centimetres", "cm"),
        ("metre", "metres", "m"),
        ("kilometre", "kilometres", "km"),
        ("foot", "feet", "ft"),
        ("pound", "pounds", "lb lbs"),
        ("ounce", "ounces", "oz"),
        ("stone", "stone", "st"),
        ("minute", "minutes", "min mins"),
        ("hour", "hours", "h hr hrs"),
        ("second", "seconds", "sec secs"),
        ("week", "weeks", "wk wks"),
        ("year", "years", "yr yrs"),
        ("year old", "year old", "yo y/o"),
        ("mile per hour", "miles per hour", "mph"),
        ("beat per minute", "beats per minute", "bpm"),
        ("kilocalorie", "kilocalories", "kcal"),
        ("penny", "pence", "p"),
    )
    for form in forms.split()
}
# A single letter may be a name or a grade, so it counts in lower case alone, except for "L".
_ONE_LETTER = "[glmhL]|p"
_LONGER = "|".join(sorted((re.escape(u) for u in _UNITS if len(u) > 1), key=len, reverse=True))
UNIT = rf"(?:(?i:{_LONGER})|(?:{_ONE_LETTER}))"
UNIT_AHEAD = rf"\s?(?:(?i:{_LONGER})|[glmhL])(?![\w'])"

_RATES = {
    "day": "day", "d": "day", "night": "night", "week": "week", "wk": "week",
    "month": "month", "mo": "month", "year": "year", "yr": "year",
    "hour": "hour", "hr": "hour", "h": "hour", "minute": "minute", "min": "minute",
    "session": "session", "kg": "kilogram", "ml": "millilitre", "dl": "decilitre", "l": "litre",
}  # fmt: skip
RATE = rf"(?:\s?/\s?({'|'.join(sorted(_RATES, key=len, reverse=True))})\b)"

# "a 50 mg dose", "a 10-minute walk": before a noun the unit stays singular.
ATTRIBUTIVE = r"(?:\b([Aa]n?) )?"

_QUANTITY = re.compile(
    rf"{ATTRIBUTIVE}(?<![\w.,])({NUMBER})(?:(\s?-|\s?)({UNIT})\b(?!['\u2019][a-z])){RATE}?"
)
_DEGREES = re.compile(rf"({NUMBER})\s?°\s?(?:([CFcf])\b)?")
_SCALES = {"c": " celsius", "f": " fahrenheit", "": ""}
_RATE_AFTER_WORD = re.compile(rf"(?<=[a-z]){RATE}")


def unit_words(unit: str, singular: bool) -> str:
    """The unit in full."""
    one, many = _UNITS[lower_key(unit)]
    return one if singular else many


def rate_words(rate: str | None) -> str:
    """ "per day" for the "day" of "50 mg/day", with a space before; empty for no rate."""
    return f" per {_RATES[lower_key(rate)]}" if rate else ""


def _quantity(match: re.Match[str]) -> str:
    article, amount, joiner, unit, rate = match.groups()
    # Pence have no space ("50p"); the p of "5 p" is more likely a letter.
    if unit == "p" and joiner:
        return match[0]
    singular = amount == "1" or "-" in joiner or article is not None
    head = f"{article} " if article else ""
    return f"{head} {number(amount)} {unit_words(unit, singular)}{rate_words(rate)} "


def _degrees(match: re.Match[str]) -> str:
    name = "degree" if match[1] == "1" else "degrees"
    return f" {number(match[1])} {name}{_SCALES[(match[2] or '').lower()]} "


def quantities(text: str) -> str:
    """ "0.5 mg", "10ml", "20 mg/day", "a 50-min session", "37.5°C"."""
    return _DEGREES.sub(_degrees, _QUANTITY.sub(_quantity, text))


def rates(text: str) -> str:
    """ "twice/week" and "times/day": a slash before a unit of time."""
    return _RATE_AFTER_WORD.sub(lambda m: rate_words(m[1]), text)
