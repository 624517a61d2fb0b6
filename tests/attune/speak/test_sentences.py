"""Sentences with terms: kinds, places of the term, and the same scripts for the same terms."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from attune.speak.scripts import MAX_WORDS, Script, parse
from attune.speak.sentences import EXCHANGES_PER_TERM, compose, read_exchanges

TERMS = [(f"quokka{number}",) for number in range(60)]
MEDICATION = [number % 3 == 0 for number in range(60)]


@pytest.fixture(scope="module")
def scripts() -> list[Script]:
    return compose(TERMS, MEDICATION)


def test_there_are_many_kinds_of_exchange() -> None:
    kinds = read_exchanges()
    texts = [text for cards in kinds.values() for card in cards for _, text in card]
    assert set(kinds) == {"any", "medication"}
    assert len({card for cards in kinds.values() for card in cards}) == 64
    assert all(
        any("{term}" in text for _, text in card) for cards in kinds.values() for card in cards
    )
    of_term = [text for text in texts if "{term}" in text]
    starts = sum(text.startswith("{term}") for text in of_term)
    ends = sum(bool(re.search(r"\{term\}[.?!]$", text)) for text in of_term)
    assert starts >= 4 and ends >= 20 and len(of_term) - starts - ends >= 20
    assert sum(text.endswith("?") for text in of_term) >= 15
    assert sum("{dose}" in text for text in of_term) >= 4


def test_each_term_is_in_as_many_different_exchanges(scripts: list[Script]) -> None:
    text = "\n".join(line.text for script in scripts for line in script.lines)
    counts = Counter(re.findall(r"quokka\d+", text.lower()))
    assert set(counts) == {term for (term,) in TERMS}
    assert min(counts.values()) >= EXCHANGES_PER_TERM
    assert "{" not in text
    assert all(line.text[0].isupper() for script in scripts for line in script.lines)


def test_only_medicines_have_doses(scripts: list[Script]) -> None:
    dosed = [
        line.text for script in scripts for line in script.lines
        if re.search(r"\d mg|half a tablet|switch me|tablet", line.text)
    ]  # fmt: skip
    terms = {int(number) for text in dosed for number in re.findall(r"(?i)quokka(\d+)", text)}
    assert terms and all(MEDICATION[number] for number in terms)


def test_the_same_terms_give_the_same_scripts(scripts: list[Script]) -> None:
    assert compose(TERMS, MEDICATION) == scripts
    assert compose(TERMS[1:], MEDICATION[1:]) != scripts


def test_scripts_are_of_about_forty_exchanges_and_valid(scripts: list[Script]) -> None:
    assert len(scripts) == 60 * EXCHANGES_PER_TERM // 40
    for script in scripts:
        labelled = "\n".join(f"{line.role[0]}: {line.text}" for line in script.lines)
        again, faults = parse(labelled)
        assert not faults and again.lines[0].role == script.lines[0].role
        assert max(len(line.text.split()) for line in script.lines) < MAX_WORDS


def test_forms_take_turns() -> None:
    scripts = compose([("CBT", "cognitive behavioural therapy")], [False])
    text = " ".join(line.text for script in scripts for line in script.lines)
    assert "CBT" in text and "ognitive behavioural therapy" in text
