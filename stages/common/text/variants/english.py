"""The one form of English words: all rules of this package, in their order."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from stages.common.text.variants.acronym_letters import spelled
from stages.common.text.variants.ambiguous import resolved
from stages.common.text.variants.british_american import american
from stages.common.text.variants.contractions import long_form
from stages.common.text.variants.number_words import plain_numbers
from stages.common.text.variants.words import APOSTROPHES, VARIANTS


def one_form(spoken: str) -> str:
    """The one form of a text in spoken style, whichever way its words are written."""
    words: list[str] = []
    for word in spoken.split():
        words += _words_of(word)
    return " ".join(plain_numbers(resolved(words)))


@lru_cache(maxsize=50_000)
def _words_of(word: str) -> tuple[str, ...]:
    """The form of one word, whatever its neighbours."""
    out: list[str] = []
    word = _without_accents(word)
    for part in long_form(APOSTROPHES.get(word, word)):
        # A genitive is spelled like its word.
        stem, genitive = (part[:-2], "'s") if part[-2:] == "'s" and len(part) > 2 else (part, "")
        form = VARIANTS.get(stem) or spelled(stem) or american(stem)
        out += f"{form}{genitive}".split()
    return tuple(out)


def _without_accents(word: str) -> str:
    """Accents are optional in English: "cafe", "naive", "fiancee"."""
    if word.isascii():
        return word
    letters = unicodedata.normalize("NFD", word)
    return unicodedata.normalize(
        "NFC", "".join(c for c in letters if not "\u0300" <= c <= "\u036f")
    )
