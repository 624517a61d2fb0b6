"""The terms of a list (see stages/common/text/term_list.py), and their occurrences in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from stages.common.core.errors import UserError
from stages.common.evaluation.entities.occurrences import Occurrence
from stages.common.text.normalizer import scoring_form
from stages.common.text.term_list import read_lines, variants_of

# The scoring form spells an acronym by its capitals, but a model may write "cbt".
_SPELLED = re.compile(r"\b[a-z](?: [a-z]\b(?!'))+")


class Vocabulary:
    """Terms by their words in scoring form."""

    def __init__(self, terms: dict[tuple[str, ...], str]) -> None:
        """terms: the words of each variant -> the term that it is a variant of."""
        self._terms = terms
        lengths: dict[str, set[int]] = {}
        for words in terms:
            lengths.setdefault(words[0], set()).add(len(words))
        self._lengths = {first: sorted(some, reverse=True) for first, some in lengths.items()}

    def __len__(self) -> int:
        return len(set(self._terms.values()))

    def find(self, words: Sequence[str]) -> list[Occurrence]:
        """Where `words` say a term, from left to right, the longest where several begin: the words
        of "borderline personality disorder" are not also a "personality disorder". A genitive
        says the term too."""
        words = [word.removesuffix("'s") for word in words]
        found: list[Occurrence] = []
        at = 0
        while at < len(words):
            end = at + 1
            for length in self._lengths.get(words[at], ()):
                term = self._terms.get(tuple(words[at : at + length]))
                if term is not None and at + length <= len(words):
                    end = at + length
                    found.append(Occurrence(at, end, term))
                    break
            at = end
        return found


def parse(lines: Iterable[str], source: str, language: str = "en") -> Vocabulary:
    """Lines of a list as a vocabulary.

    Args: source: name of the list in error messages.
    Raises: UserError naming every line at fault by its number: a variant without words, or one that
    stands twice. Messages omit the words: a list may be private.
    """
    terms: dict[tuple[str, ...], str] = {}
    faults: list[str] = []
    for number, variants in variants_of(lines):
        own: dict[tuple[str, ...], str] = {}
        for variant in variants:
            form = scoring_form(variant, language)
            if not form:
                faults.append(f"{source}: line {number} has a variant without words")
                continue
            joined = _SPELLED.sub(lambda letters: letters[0].replace(" ", ""), form)
            # The first variant's words name the term: no other line can have them.
            name = next(iter(own.values()), form)
            own |= {tuple(form.split()): name, tuple(joined.split()): name}
        if own.keys() & terms.keys():
            faults.append(f"{source}: line {number} has a variant that an earlier line has")
        terms |= own
    if faults:
        raise UserError("\n".join(faults))
    return Vocabulary(terms)


def read_terms(path: Path, language: str) -> Vocabulary:
    """The list in a file. Raises: UserError if it is missing, not UTF-8 or wrong (see `parse`)."""
    return parse(read_lines(path), str(path), language)
