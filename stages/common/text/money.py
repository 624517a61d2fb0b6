"""Sums of money."""

import re

from stages.common.text.numbers import NUMBER, cardinal, number
from stages.common.text.units import ATTRIBUTIVE, RATE, rate_words

# Sign -> main unit and its plural, hundredth part and its plural.
_CURRENCIES: dict[str, tuple[str, str, str, str]] = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"),
    "¥": ("yen", "yen", "sen", "sen"),
}
_SIGNS = "[$£€¥]"
_MAGNITUDES = {"k": "thousand", "m": "million", "mn": "million", "bn": "billion", "b": "billion"}
_SCALE = r"(?:\s?-?(hundred|thousand|million|billion|trillion|k|mn|m|bn|b)\b)?"

_MONEY = re.compile(
    rf"{ATTRIBUTIVE}({_SIGNS})\s?({NUMBER})(?:(?:-| - )({NUMBER}))?{_SCALE}{RATE}?",
    re.I,
)
_SIGN_AFTER = re.compile(rf"(?<![\w.,])({NUMBER})\s?({_SIGNS}|\u00a2)(?!\s?\d)")
_WITH_HUNDREDTHS = re.compile(r"(\d+)\.(\d\d)")


def _amount(text: str, sign: str, scale: str, singular: bool) -> str:
    one, many, part, parts = _CURRENCIES[sign]
    if scale:
        return f"{number(text)} {scale} {one if singular else many}"
    hundredths = _WITH_HUNDREDTHS.fullmatch(text.replace(",", ""))
    if hundredths is None:
        return f"{number(text)} {one if singular or text == '1' else many}"
    whole, rest = hundredths.groups()
    # A leading zero of the hundredths is silent: "£3.05" is "three pounds five".
    tail = cardinal(str(int(rest)))
    if int(whole) == 0 and int(rest):
        return f"{tail} {part if singular or int(rest) == 1 else parts}"
    head = f"{cardinal(whole)} {one if singular or int(whole) == 1 else many}"
    return f"{head} {tail}" if int(rest) else head


def _money(match: re.Match[str]) -> str:
    article, sign, low, high, scale, rate = match.groups()
    magnitude = _MAGNITUDES.get((scale or "").lower(), (scale or "").lower())
    singular = article is not None
    head = f"{article} " if article else ""
    if high:
        head += f" {number(low)} to"
    return f"{head} {_amount(high or low, sign, magnitude, singular)}{rate_words(rate)} "


def _amount_before_sign(match: re.Match[str]) -> str:
    amount, sign = match.groups()
    if sign == "\u00a2":
        return f" {number(amount)} {'cent' if amount == '1' else 'cents'} "
    return f" {_amount(amount, sign, '', False)} "


def money(text: str) -> str:
    """ "$5", "£3.50", "$5-10", "$1.5 million", "£20k", "50¢", "$100/month"."""
    return _SIGN_AFTER.sub(_amount_before_sign, _MONEY.sub(_money, text))
