"""Digits that form no single amount: telephone numbers, counts, ranges, fixed phrases."""

import re

from stages.common.text.numbers import cardinal, digits

_PHONES = re.compile(
    r"(?<![\w.,/$£€])(?:"
    r"\+\d{1,3}(?:[ .-]?\(?\d{1,6}\)?){2,6}"  # international
    r"|\(?0\d{2,4}\)?(?:[ -]?\d{3,8}){1,3}"  # leading zero, in groups
    r"|(?:\+?1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}"  # North American
    r"|(?!\d00-|\d{3}-\d\d00)[2-9]\d{2}-\d{4}"  # North American, local
    r"|\d{4}(?:[ -]\d{4}){3}"  # bank cards
    r")(?![\w/])(?![.,:]\d)"
)
# Helpline numbers are read digit by digit after a verb of calling or before "call" and the like.
_HELPLINE_BEFORE = re.compile(
    r"(?<![\w.,/$£€-])(999|911|988|112|111|101)"
    r"(?=(?:-| )(?:call|caller|callers|operator|operators|helpline|hotline|line|service|crisis)\b)",
    re.I,
)
_HELPLINE = re.compile(
    r"\b((?:call|dial|ring|rang|rung|phone|text)(?:s|d|ed|led|ing|ling)?(?: the| to)? )"
    r"(999|911|988|112|111|101)\b(?! (?:times|people|of))",
    re.I,
)
_HEIGHT = re.compile(r"(?<![\w.,'])(\d)\s?'\s?(\d{1,2})(?!\w)(?:\s?(?:\"|''))?")
_FOOT = re.compile(r"(?<![\w.,'])(\d) ?ft ?(\d{1,2})(?: ?ins?\b| ?\"| inches\b|(?![\w.,-]))", re.I)
_CHAIN = re.compile(r"(?<![\w.,/-])\d{1,3}(?:-\d{1,3}){2,}(?![\w/-])")
_FIXED = (
    (re.compile(r"(?<![\w.,/-])1(?:-2-|-to-|:)1(?![\w/-])(?![.:]\d)", re.I), " one to one "),
    (re.compile(r"(?<![\w.,/-])24/7(?![\w/-])"), " twenty four seven "),
    (re.compile(r"(?<![\w.,/-])9/11(?![\w/-])"), " nine eleven "),
    (re.compile(r"(?<![\w.,/:-])50[/:]50(?![\w/:-])"), " fifty fifty "),
)
_SUFFIX = r"%|°|mg|mcg|ml|kg|g|km|cm|k|am|pm|a\.m\.|p\.m\.|st|nd|rd|th"
_END = r"[$£€]?\d[\d.,:]{0,30}"
_RANGE = re.compile(rf"(?<![\w.,-])({_END})((?: ?(?:{_SUFFIX}))?)(?:-| - )(?=({_END}))", re.I)
_HYPHENATED = re.compile(r"(?<=\d)-(?=\d)")


def spelled_digits(text: str) -> str:
    """Telephone, card and helpline numbers, digit by digit."""

    def _phone(match: re.Match[str]) -> str:
        number = match[0]
        count = sum(char.isdigit() for char in number)
        if number.startswith("+"):
            # A short one is a sum or a score ("+5 10"), not an international number.
            return f" plus {digits(number)} " if count >= 8 else number
        return f" {digits(number)} "

    text = _PHONES.sub(_phone, text)
    text = _HELPLINE_BEFORE.sub(lambda m: f" {digits(m[1])}", text)
    return _HELPLINE.sub(lambda m: f"{m[1]}{digits(m[2])} ", text)


def heights(text: str) -> str:
    """Heights: 5'10" and "5ft 10" are "five foot ten"."""

    def _feet(match: re.Match[str]) -> str:
        return f" {cardinal(match[1])} foot {cardinal(match[2])} "

    return _FOOT.sub(_feet, _HEIGHT.sub(_feet, text))


def fixed_phrases(text: str) -> str:
    """ "24/7", "9/11", "50/50", "1-2-1", and counts such as "4-7-8"."""
    for pattern, words in _FIXED:
        text = pattern.sub(words, text)
    return _CHAIN.sub(lambda m: f" {m[0].replace('-', ' ')} ", text)


def ranges(text: str) -> str:
    """ "2-3" is "2 to 3"; the same number twice is a false start, not a range."""

    def _to(match: re.Match[str]) -> str:
        low, suffix, high = match.groups()
        # A decimal point or comma at the end is not part of the number.
        if low.rstrip(".,:") != low:
            return match[0]
        return f"{low}{suffix} " if low == high else f"{low}{suffix} to "

    return _HYPHENATED.sub(" ", _RANGE.sub(_to, text))
