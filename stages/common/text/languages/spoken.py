"""Spoken style in languages other than English: the rules that they share.

They run from the most specific form of a number to the most general, like the English ones. The
result has only letters, in which no rule matches, so a second pass changes nothing. An
acronym stays a word in lower case: whether its letters are spelled differs by language and by word,
and in this form its case and full stops do not count.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from stages.common.text.languages.numerals import cardinal, digits, has_numerals
from stages.common.text.languages.table import Table
from stages.common.text.languages.tables import TABLES
from stages.common.text.letters import letters_only
from stages.common.text.unicode_forms import clean

# Thousands are set off by full stops or spaces, decimals by a comma; "2.5" is taken as typed.
_NUMBER = r"(?:\d{1,3}(?:[. ]\d{3})+(?!\d|\.\d)|\d+)(?:[,.]\d+(?![.,]?\d))?"
_GROUPS = re.compile(r"(?<=\d)[. ](?=\d{3}(?!\d))")
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b(?!'))?")
_DATE = re.compile(r"(?<![\w./-])(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?![\w/-])")
_PHONE = re.compile(r"(?<![\w.,/-])(?<!\d )\(?0\d{1,4}\)?(?:[ /-]\d{2,8}){1,4}(?![\w/-])")
_RANGE = re.compile(r"(?<=\d)(?: - |-)(?=\d)")
_PLUS = re.compile(r"\+\s?(?=\d)|(?<=\d)\s?\+")
_MINUS = re.compile(r"(?<![\w)%.,'-])-(?=\d)")
_TIMES = re.compile(r"(?<![\w.,])(\d+)\s?[x\u00d7](?!\w)", re.I)
_SLASH = re.compile(r"(?<![\w.,/])(?:(\d{1,2}) )?(\d{1,3})\s?/\s?(\d{1,3})(?![\w/])")
_DIGIT = re.compile(r"\d")
_LETTER_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_NEXT_WORD = re.compile(r"\s*([^\W\d_]*)")


def spoken(text: str, language: str) -> str:
    """The text in spoken style: lower-case words, numbers in words as far as they are known."""
    text, table = clean(text), TABLES.get(language)
    if table is not None:
        text = _in_words(text, table)
    text = _INITIALS.sub(lambda m: m[0].replace(".", ""), text)
    numbers = has_numerals(language)
    if numbers and _DIGIT.search(text):
        text = re.sub(r"\d+", lambda m: f" {cardinal(m[0], language)} ", text)
    text = unicodedata.normalize("NFKC", text.lower())
    return letters_only(text, keep_digits=not numbers)


def _in_words(text: str, table: Table) -> str:
    for pattern, words in _abbreviations(table):
        text = pattern.sub(words, text)
    text = text.replace("&", f" {table.also} ")
    if not _DIGIT.search(text):
        return text.replace("%", f" {table.percent} ")
    for before, number in table.helplines:
        text = re.sub(
            rf"\b((?i:{before}) )({number})(?!\w|[.,]\d)",
            lambda m: f"{m[1]}{digits(m[2], table.language)}",
            text,
        )
    if table.phones_in_digits:
        text = _PHONE.sub(lambda m: f" {digits(m[0], table.language)} ", text)
    text = _SLASH.sub(lambda m: _fraction(m, table), text)
    text = table.clock(text)
    text = table.ordinals(text)
    text = _DATE.sub(
        lambda m: " ".join(_whole(part.lstrip("0") or "0", table) for part in m.groups()), text
    )
    text = table.years(text)
    text = _TIMES.sub(lambda m: f" {table.times.format(_count(m[1], table))} ", text)
    text = _PLUS.sub(f" {table.plus} ", _MINUS.sub(f" {table.minus} ", text))
    text = _RANGE.sub(f" {table.to} ", text)
    text = _money(table).sub(lambda m: _amount(m, table), text)
    text = _quantity(table).sub(lambda m: _measure(m, table), text)
    text = re.sub(
        rf"({_NUMBER})\s?%", lambda m: f" {_count(m[1], table)} {table.percent} ", text
    ).replace("%", f" {table.percent} ")
    text = _LETTER_DIGIT.sub(" ", text)
    return re.sub(_NUMBER, lambda m: f" {_bare(m, table)} ", text)


def _whole(text: str, table: Table) -> str:
    return cardinal(text, table.language)


def _number(text: str, table: Table) -> str:
    """A number with or without thousands and decimals, in words."""
    whole, mark, decimals = _GROUPS.sub("", text).replace(".", ",").partition(",")
    words = _whole(whole, table)
    if not mark:
        return words
    as_number = not table.digits_after_mark and len(decimals) <= 2 and decimals[0] != "0"
    read = _whole(decimals, table) if as_number else digits(decimals, table.language)
    return f"{words} {table.decimal_mark} {read}"


def _count(text: str, table: Table) -> str:
    """A number before a noun of no known gender: "eins" is "ein"."""
    return table.before_noun(_number(text, table), "")


def _bare(match: re.Match[str], table: Table) -> str:
    words = _number(match[0], table)
    after = _NEXT_WORD.match(match.string, match.end())
    noun = after[1] if after else ""
    return table.before_noun(words, noun) if noun else words


def _measure(match: re.Match[str], table: Table) -> str:
    amount, unit, rate = match.groups()
    one, many = _unit(unit, table)
    tail = f"{table.per} {_name(rate, table)} " if rate else ""
    if amount == "1":
        return f" {one} {tail}"
    return f" {table.before_noun(_number(amount, table), many)} {many} {tail}"


def _name(unit: str, table: Table) -> str:
    """A unit without its number."""
    return table.units[unit][0].split(" ", 1)[1] if unit in table.units else unit


def _unit(written: str, table: Table) -> tuple[str, str]:
    if written.startswith("\u00b0"):
        one, many = table.degrees
        tail = f" {table.celsius}" if written.endswith("C") else ""
        return f"{one}{tail}", f"{many}{tail}"
    return table.units.get(written) or _by_lower_case(table)[written.lower()]


@cache
def _by_lower_case(table: Table) -> dict[str, tuple[str, str]]:
    return {form.lower(): names for form, names in table.units.items()}


def _amount(match: re.Match[str], table: Table) -> str:
    sign = match[1] or match[4]
    amount = match[2] or match[3]
    one, many = table.currencies[sign]
    whole, mark, cents = _GROUPS.sub("", amount).replace(".", ",").partition(",")
    if mark and len(cents) != 2:
        return f" {_number(amount, table)} {many} "
    head = one if whole == "1" else f"{table.before_noun(_whole(whole, table), many)} {many}"
    tail = f" {_whole(cents.lstrip('0'), table)}" if cents.strip("0") else ""
    return f" {head}{tail} "


def _fraction(match: re.Match[str], table: Table) -> str:
    whole, top, bottom = match.groups()
    if (top, bottom) == ("1", "2"):
        if whole is None:
            return f" {table.half} "
        if whole == "1":
            return f" {table.one_and_half} "
        return f" {table.and_half.format(_whole(whole, table))} "
    lead = f"{_whole(whole, table)} " if whole else ""
    between = table.out_of if int(top) <= int(bottom) else table.over
    return f" {lead}{_whole(top, table)} {between} {_whole(bottom, table)} "


@cache
def _abbreviations(table: Table) -> tuple[tuple[re.Pattern[str], str], ...]:
    def pattern(written: str) -> str:
        escaped = r"\.\s?".join(re.escape(part) for part in written.rstrip(".").split("."))
        # The last full stop is often left out where there are others ("z.B").
        needs_stop = written.endswith(".") and "." not in written[:-1]
        return rf"(?<!\w){escaped}" + (r"\." if needs_stop else r"(?:\.|(?!\w))")

    longest = sorted(table.abbreviations, key=len, reverse=True)
    rules = [
        (re.compile(pattern(each), re.I), f" {table.abbreviations[each]} ") for each in longest
    ]
    rules += [
        (re.compile(rf"(?<!\w){re.escape(each)}\.?(?=\s[A-ZÀ-Þ])"), f" {words} ")
        for each, words in table.titles.items()
    ]
    return tuple(rules)


@cache
def _quantity(table: Table) -> re.Pattern[str]:
    longest = sorted(table.units, key=len, reverse=True)
    long = "|".join(re.escape(unit) for unit in longest if len(unit) > 1)
    # A unit of one letter counts as it is listed: in the other case it may be a name.
    short = "|".join(re.escape(unit) for unit in longest if len(unit) == 1)
    return re.compile(
        rf"(?<![\w.,])({_NUMBER})\s?-?((?i:{long})|{short}|\u00b0\s?C|\u00b0)(?![\w'])"
        r"(?:\s?/\s?([^\W\d_]+))?"
    )


@cache
def _money(table: Table) -> re.Pattern[str]:
    signs = "|".join(map(re.escape, table.currencies))
    return re.compile(rf"({signs})\s?({_NUMBER})|(?<![\w.,])({_NUMBER})\s?({signs})(?!\w)")
