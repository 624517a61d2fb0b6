"""The finders of each kind of entity, by language.

English has its own rules for numbers; German, French, Spanish and Dutch have lists. In other
languages only the terms of data/terms.txt are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import ModuleType

from stages.common.evaluation.entities import risk_fillers_negations as english
from stages.common.evaluation.entities.lists import dutch, french, german, spanish
from stages.common.evaluation.entities.number_words import number_words
from stages.common.evaluation.entities.numbers import find_doses, find_numbers
from stages.common.evaluation.entities.occurrences import Occurrence
from stages.common.evaluation.entities.vocabulary import parse
from stages.common.text.normalizer import scoring_form

Finder = Callable[[Sequence[str]], list[Occurrence]]
_LISTS: Mapping[str, ModuleType] = {
    "de": german, "fr": french, "es": spanish, "nl": dutch,
}  # fmt: skip


@cache
def finders(language: str) -> Mapping[str, Finder]:
    """Kind of entity -> its finder; empty for a language without lists."""
    if language == "en":
        return {
            "negations": english.find_negations,
            "numbers": find_numbers,
            "doses": find_doses,
            "fillers": english.FILLERS.find,
            "risk": english.RISK.find,
        }
    if language not in _LISTS:
        return {}
    lists, numbers = _LISTS[language], number_words(language)
    negations = frozenset(scoring_form(lists.NEGATIONS, language).split())

    def find_negations(words: Sequence[str]) -> list[Occurrence]:
        return [
            Occurrence(at, at + 1, "negation") for at, word in enumerate(words) if word in negations
        ]

    return {
        "negations": find_negations,
        "numbers": numbers.find_numbers,
        "doses": numbers.find_doses,
        "fillers": parse(lists.FILLERS, "fillers", language).find,
        "risk": parse(lists.RISK, "risk words", language).find,
    }


def lists_notice(language: str) -> str | None:
    """What is not counted in a language without lists, in one line; else None."""
    if finders(language):
        return None
    known = ", ".join(sorted(["en", *_LISTS]))
    return (
        f"language {language}: only the terms of data/terms.txt are counted; negations, numbers, "
        f"doses, fillers and risk words are not, since only {known} have lists of them"
    )
