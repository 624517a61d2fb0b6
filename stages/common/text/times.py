"""Clock times, dates, decades and years. Each rule takes and returns a whole text."""

import re

from stages.common.text.numbers import (
    cardinal,
    is_year,
    number,
    ordinal,
    plural_number,
    short_pair,
    year,
)
from stages.common.text.units import UNIT_AHEAD

_FULL_MONTHS = (
    "january february march april may june july august september october november december"
)
_MONTHS = {name[:3]: name for name in _FULL_MONTHS.split()} | {"sept": "september"}
# "may", "march" and "mar" are ordinary words too, so they count as months with a capital alone.
_MONTH = (
    r"(?:May|MAY|March|MARCH|Mar\b|(?i:january|february|april|june|july|august|september|october"
    r"|november|december|sept|jan|feb|apr|jun|jul|aug|sep|oct|nov|dec)\b)"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_NOT_A_DAY = rf"(?!\w)(?![.,:/]?\d)(?!\s?(?:%|[ap]\.?m\b))(?!{UNIT_AHEAD})"

# Words after a number in the range of years that make it a count: "2000 people".
_COUNTED = (
    r"(?!\s?%)(?!\s(?:other |more |different )?(?:people|persons|steps|times|words|calories|miles"
    r"|dollars|pounds|euros|quid|bucks|pence|cents|feet|metres|meters|days|weeks|months|years"
    r"|minutes|seconds|kids|children|patients|clients|students|followers|friends|members|things"
    r"|sessions|units|pages|points|percent|hundred|thousand|million|billion)\b)"
)

_ISO_DATE = re.compile(r"(?<![\w.-])(\d{4})-(\d{2})-(\d{2})(?![\w-])")
_SLASH_DATE = re.compile(r"(?<![\w./-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?![\w/-])(?!\.\d)")
_CLOCK = re.compile(
    r"(?<![\w:.])(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?![\d:])(?:\s?([ap])\.?\s?m\b\.?)?", re.I
)
_DOTTED_CLOCK = re.compile(r"(?<![\w:.,])(\d{1,2})\.([0-5]\d)\s?([ap])\.?\s?m\b\.?", re.I)
# As Whisper writes a time, since decoding suppresses the colon.
_TIME_AT = re.compile(
    r"(?:(?<=\bat )|(?<=\buntil )|(?<=\btill )|(?<=\bbefore ))(0?[1-9]|1\d|2[0-3])\.([0-5]\d)()()"
    rf"(?![.,:/-]?\d)(?!\w)(?!\s?(?:%|per ?cent\b|points?\b))(?!{UNIT_AHEAD})",
    re.I,
)
_HALF_DAY = re.compile(r"(?<![\w:.,])(\d{1,2})\s?([ap])\.?\s?m\b\.?", re.I)
# With a space on one side, the colon ends a label: "PHQ-9: 12".
_RATIO = re.compile(r"(?<=\d)(?::|\s:\s)(?=\d)")
_MONTH_DAY = re.compile(rf"(?<!\bin )\b({_MONTH})\.? (?:the )?({_DAY})(?:st|nd|rd|th)?{_NOT_A_DAY}")
_DAY_MONTH = re.compile(rf"(?<![\w.,:/-])({_DAY})(?:st|nd|rd|th)?(?: of)? ({_MONTH})\.?(?!\w)")
_SHORT_MONTH = re.compile(
    r"\b(jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\.? (?=\d{4}\b)", re.I
)
_DECADE = re.compile(r"(?<![\w.,:/$£€])'?(\d+)'?s\b", re.I)
# "20s" is a decade or an age ("in her 20s") unless what stands before measures time.
_SECONDS = re.compile(
    r"\b((?:wait(?:ed|ing|s)?|paus(?:e|ed|ing|es)|h[eo]ld(?:ing|s)?|for|after|within|every|another"
    r"|tak(?:e|es|ing)|took|last(?:s|ed)?) )(\d{1,3}(?:\.\d+)?)s\b(?!')|(?<![\w.,])(\d+) s\b(?!')",
    re.I,
)
_SHORT_YEAR = re.compile(r"(?<!\w)'(\d\d)(?![\w'])")
_YEAR = re.compile(rf"(?<![\w.,:/])(\d{{4}})(?!\w)(?![,.:/]\d){_COUNTED}(?!{UNIT_AHEAD})")


def _year_word(text: str) -> str:
    if len(text) == 4 and is_year(int(text)):
        return year(int(text))
    return short_pair(text)


def numeric_dates(text: str) -> str:
    """ "12/05/2019" and "2019-05-12", part by part in their order."""
    text = _ISO_DATE.sub(
        lambda m: f" {_year_word(m[1])} {short_pair(m[2])} {short_pair(m[3])} ", text
    )
    # Day-month or month-day depends on the country, so the parts keep their order.
    return _SLASH_DATE.sub(
        lambda m: f" {short_pair(m[1])} {short_pair(m[3])} {_year_word(m[4])} ", text
    )


def _hour(text: str) -> str:
    return cardinal(str(int(text)))


def _clock(match: re.Match[str]) -> str:
    hour, minute, second, half = match.groups()
    end = f" {half.lower()} m" if half else ""
    if second:
        return f" {_hour(hour)} {short_pair(minute)} {short_pair(second)}{end} "
    if minute != "00" or int(hour) > 24:
        # Above 24 it is no time of day: a running time or a pair of numbers such as "50:50".
        return f" {_hour(hour)} {short_pair(minute)}{end} "
    if half:
        return f" {_hour(hour)}{end} "
    if 1 <= int(hour) <= 12:
        return f" {_hour(hour)} o'clock "
    return f" {_hour(hour)} hundred "


def _dotted(match: re.Match[str]) -> str:
    hour, minute, half = match.groups()
    between = "" if minute == "00" else f" {short_pair(minute)}"
    return f" {_hour(hour)}{between} {half.lower()} m "


def clock_times(text: str) -> str:
    """ "3:05", "10am", "3.30 p.m.", "at 3.30", and ratios such as "1:1"."""
    text = _DOTTED_CLOCK.sub(_dotted, _CLOCK.sub(_clock, text))
    text = _TIME_AT.sub(_clock, text)
    text = _HALF_DAY.sub(lambda m: f" {_hour(m[1])} {m[2].lower()} m ", text)
    return _RATIO.sub(" to ", text)


def month_days(text: str) -> str:
    """ "May 5" is "may fifth", "5 May" is "fifth of may"; a short month before a year is full."""

    def full(month: str) -> str:
        return _MONTHS[month[:3].lower()]

    text = _DAY_MONTH.sub(lambda m: f" {ordinal(m[1])} of {full(m[2])} ", text)
    text = _MONTH_DAY.sub(lambda m: f" {full(m[1])} {ordinal(m[2])} ", text)
    return _SHORT_MONTH.sub(lambda m: f"{full(m[1])} ", text)


def seconds(text: str) -> str:
    """ "wait 20s", "hold for 5s", "5 s"; elsewhere "20s" is a decade, an age or a plural."""

    def _replace(match: re.Match[str]) -> str:
        amount = match[2] or match[3]
        return f"{match[1] or ''}{number(amount)} second{'' if amount == '1' else 's'}"

    return _SECONDS.sub(_replace, text)


def decades(text: str) -> str:
    """ "the 1990s", "'90s", "in her 30s", "6s and 7s", and "'98"."""
    text = _DECADE.sub(lambda m: f" {plural_number(m[1])} ", text)
    return _SHORT_YEAR.sub(lambda m: f" {short_pair(m[1])} ", text)


def years(text: str) -> str:
    """Four-digit numbers from 1100 to 2099 that no context marks as an amount."""
    return _YEAR.sub(lambda m: f" {year(int(m[1]))} " if is_year(int(m[1])) else m[0], text)
