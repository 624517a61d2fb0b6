"""Lists of terms: parsing and errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.common.core.errors import UserError
from stages.common.evaluation.entities.risk_fillers_negations import FILLERS, RISK
from stages.common.evaluation.entities.vocabulary import parse, read_terms
from stages.common.text.normalizer import scoring_form
from tests.support.imports import ROOT


def said(lines: list[str], text: str) -> list[str]:
    return [found.entity for found in parse(lines, "list").find(scoring_form(text).split())]


def test_comments_and_empty_lines_are_no_terms() -> None:
    lines = ["# a list", "", "lithium # a salt", "  SSRI | SSRIs  "]
    assert len(parse(lines, "list")) == 2
    assert said(lines, "a salt, lithium, SSRIs, ssri") == ["lithium", "s s r i", "s s r i"]


def test_the_longest_counts_and_the_rest_goes_on_behind_it() -> None:
    lines = ["a b c", "b c", "c d", "a"]
    assert said(lines, "x a b c d") == ["a b c"]
    assert said(lines, "a b c c d a b") == ["a b c", "c d", "a"]


def test_faults_name_lines_and_no_words() -> None:
    lines = ["secretword", "other | ...", "third | Secretword"]
    with pytest.raises(UserError) as fault:
        parse(lines, "terms.txt")
    assert str(fault.value).splitlines() == [
        "terms.txt: line 2 has a variant without words",
        "terms.txt: line 3 has a variant that an earlier line has",
    ]


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "terms.txt"
    with pytest.raises(UserError, match="no such file"):
        read_terms(path, "en")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="not UTF-8"):
        read_terms(path, "en")
    path.write_text("")
    assert len(read_terms(path, "en")) == 0


def test_the_projects_own_lists() -> None:
    terms = read_terms(ROOT / "data/terms.txt", "en")
    assert len(terms) > 100
    text = "Zoloft isn't sertraline; the PHQ-9, C-PTSD, CBT for insomnia and bipolar II"
    assert [found.entity for found in terms.find(scoring_form(text).split())] == [
        "zoloft", "sertraline", "p h q nine", "complex p t s d", "c b t i", "bipolar two",
    ]  # fmt: skip
    # Everyday words are not terms.
    talk = "i act as if a cat did make me sad at the core of it and it was a bed in no if"
    assert terms.find(talk.split()) == []
    assert len(FILLERS) == 2 and len(RISK) > 30
