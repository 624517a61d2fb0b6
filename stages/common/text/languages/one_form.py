"""Scoring form in languages other than English: hesitations, abbreviations without a full stop, and
spellings of one word ("daß", "dass"), each in one form."""

from __future__ import annotations

from functools import cache, lru_cache

from stages.common.text.languages.tables import TABLES


def one_form(spoken: str, language: str) -> str:
    """The one form of a text in spoken style, whichever way its words are written."""
    if language not in TABLES:
        return spoken
    return " ".join(_form(word, language) for word in spoken.split())


@lru_cache(maxsize=50_000)
def _form(word: str, language: str) -> str:
    for written, form in TABLES[language].folded.items():
        word = word.replace(written, form)
    if language == "de":
        word = _short_hundred(word)
    return _variants(language).get(word, word)


def _short_hundred(word: str) -> str:
    """ "Einhundert" and "eintausend" without their "ein", as they are mostly said."""
    short = word.startswith(("einhundert", "eintausend"))
    return word[3:] if short else word


@cache
def _variants(language: str) -> dict[str, str]:
    return {
        variant: form
        for form, variants in TABLES[language].variants.items()
        for variant in variants.split()
    }
