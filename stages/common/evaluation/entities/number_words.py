"""Numbers and doses in the languages that have a table, found by their words.

The words are those that num2words writes. Where a language writes a number in one word, those up to
9,999 are known. Equal numbers have equal words in scoring form, so no value is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from stages.common.evaluation.entities.occurrences import Occurrence
from stages.common.text.languages.numerals import cardinal
from stages.common.text.languages.tables import TABLES
from stages.common.text.normalizer import scoring_form

_ONE_WORD = frozenset({"de", "nl"})
_ARTICLES = {
    "de": "ein eine eins einen einem einer",
    "fr": "un une",
    "es": "un una uno",
    "nl": "een één",
}
_INSIDE = {"de": "und komma", "fr": "et virgule", "es": "y coma", "nl": "en komma"}
_SCALES = {
    "de": "million millionen milliarde milliarden",
    "fr": "mille million millions milliard milliards",
    "es": "mil millón millones",
    "nl": "miljoen miljard",
}
_COUNTED = {
    "de": "tablette tabletten kapsel kapseln tropfen pille pillen einheit einheiten",
    "fr": "comprimé comprimés gélule gélules goutte gouttes pilule pilules unité unités",
    "es": "pastilla pastillas cápsula cápsulas gota gotas comprimido comprimidos unidad unidades",
    "nl": "tablet tabletten capsule capsules druppel druppels pil pillen eenheid eenheden",
}
_DOSE_UNITS = ("mg", "mcg", "g", "kg", "ml", "l")


@dataclass(frozen=True)
class NumberWords:
    numbers: frozenset[str]
    articles: frozenset[str]
    """Numbers only before a unit; elsewhere they are mostly articles."""
    inside: frozenset[str]
    """Part of a number between two others."""
    units: frozenset[str]

    def find_numbers(self, words: Sequence[str]) -> list[Occurrence]:
        """Runs of number words."""
        found: list[Occurrence] = []
        at = 0
        while at < len(words):
            end = self._run(words, at)
            if end > at:
                found.append(Occurrence(at, end, " ".join(words[at:end])))
            at = max(end, at + 1)
        return found

    def find_doses(self, words: Sequence[str]) -> list[Occurrence]:
        """Numbers with the unit that follows."""
        return [
            Occurrence(number.start, number.end + 1, f"{number.entity} {words[number.end]}")
            for number in self.find_numbers(words)
            if number.end < len(words) and words[number.end] in self.units
        ]

    def _run(self, words: Sequence[str], start: int) -> int:
        def word(at: int) -> str:
            return words[at] if at < len(words) else ""

        if word(start) in self.articles:
            return start + 1 if word(start + 1) in self.units else start
        at = start
        while word(at) in self.numbers:
            at += 1
            if word(at) in self.inside and word(at + 1) in self.numbers:
                at += 1
        return at


@cache
def number_words(language: str) -> NumberWords:
    """Those of a language that has a table."""

    def forms(text: str) -> frozenset[str]:
        return frozenset(scoring_form(text, language).split())

    highest = 9_999 if language in _ONE_WORD else 999
    table = TABLES[language]
    articles, inside = forms(_ARTICLES[language]), forms(_INSIDE[language])
    numerals = " ".join(cardinal(str(value), language) for value in range(highest + 1))
    units = " ".join(" ".join(table.units[unit]) for unit in _DOSE_UNITS if unit in table.units)
    return NumberWords(
        numbers=forms(f"{numerals} {_SCALES[language]}") - articles - inside,
        articles=articles,
        inside=inside,
        units=forms(f"{units} {_COUNTED[language]}") - articles,
    )
