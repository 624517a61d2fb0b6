"""The table of a language that the rules of `spoken.py` use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Unit = tuple[str, str]
"""One of it, with its article ("eine Stunde"), and the name after any other number."""


def unchanged(text: str) -> str:
    return text


def units_of(text: str) -> dict[str, Unit]:
    """A line for each unit: its written forms, one of it, and the name after other numbers."""
    units: dict[str, Unit] = {}
    for line in text.strip().splitlines():
        forms, one, many = (part.strip() for part in line.split("|"))
        units |= dict.fromkeys(forms.split(), (one, many))
    return units


def pairs_of(text: str) -> dict[str, str]:
    """A line for each abbreviation and its words."""
    return dict(line.strip().split(" ", 1) for line in text.strip().splitlines())


@dataclass(frozen=True, eq=False)
class Table:
    language: str
    decimal_mark: str
    """Word for the decimal comma."""
    digits_after_mark: bool
    """Whether decimals are read digit by digit; else up to two as a number."""
    percent: str
    minus: str
    plus: str
    to: str
    """Between the numbers of a range."""
    out_of: str
    """"7/10"."""
    over: str
    """"120/80"."""
    per: str
    """"mg/Tag"."""
    also: str
    """"&"."""
    times: str
    """"2x", with {} for the number."""
    half: str
    """"1/2"."""
    and_half: str
    """"2 1/2", with {} for the number."""
    one_and_half: str
    degrees: Unit
    celsius: str
    units: Mapping[str, Unit]
    currencies: Mapping[str, Unit]
    abbreviations: Mapping[str, str]
    """Written with full stops, which may be followed by spaces or left out at the end; any case."""
    titles: Mapping[str, str]
    """Before a name alone, since they are spelled like other words or abbreviations."""
    clock: Callable[[str], str]
    """Clock times of a text in words and numerals."""
    ordinals: Callable[[str], str] = unchanged
    years: Callable[[str], str] = unchanged
    before_noun: Callable[[str, str], str] = lambda number, noun: number
    """A number in words, as it is before the word that follows it."""
    phones_in_digits: bool = True
    """Whether telephone numbers are read digit by digit rather than in groups."""
    helplines: Sequence[tuple[str, str]] = ()
    """Regular expressions of the word before a helpline number, and of the number."""
    variants: Mapping[str, str] = field(default_factory=dict)
    """Scoring form: the form that is compared -> its variants."""
    folded: Mapping[str, str] = field(default_factory=dict)
    """Scoring form: characters -> their replacement."""
