"""No regular expression takes time that grows faster than the text: one file would stop a run."""

from __future__ import annotations

import re

import pytest

from tests.support.regex_attacks import patterns, slow

LENGTH, SECONDS = 3000, 0.03
"""A quadratic pattern needs over 4 million steps for that length, a linear one 3,000."""
BOUNDED = {
    "stages.common.text.abbreviations._NAME_BEFORE": 60,
    "stages.common.transcripts.tier_names._TWO_PARTS": 100,
}
"""Patterns whose text the code cuts, with its length."""


def test_no_pattern_is_slow() -> None:
    found = {
        place: attack
        for place, pattern, methods in patterns("stages", "attune", "service")
        if (attack := slow(pattern, methods, BOUNDED.get(place, LENGTH), SECONDS))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"<v(?:\.[^\s>]*)*\s+([^>]*)>", "findall"),  # exponential
        (r"\|?(?:\s*:?-{2,}:?\s*\|?)+", "fullmatch"),
        (r"<\s*/?\s*([A-Za-z][^<>]*?)\s*/?\s*>", "sub"),  # cubic
        (r"(?<![\w.,-])([$]?\d[\d.,:]*)((?: ?(?:%|st))?)(?:-| - )", "sub"),  # quadratic
        (r"\s+([.?!])\s*$", "sub"),
    ],
)
def test_the_attacks_find_a_slow_pattern(pattern: str, method: str) -> None:
    assert slow(re.compile(pattern), {method}, LENGTH, SECONDS)
