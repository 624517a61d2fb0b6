"""Every stage and command passes the language on; the default would silently be English."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.imports import ROOT

# Function -> the position of its argument `language`.
LANGUAGE_AT = {
    "stages.common.text.normalizer": {"normalize": 2, "scoring_form": 1},
    "stages.common.text.wer": {"score": 2, "count_errors": 4},
    "stages.common.text.word_alignment": {"align": 2},
    "stages.common.text.split_hypothesis": {"split_hypothesis": 2},
    "stages.common.text.word_confidences": {"word_confidences": 3},
    "stages.common.evaluation.entities.vocabulary": {"parse": 2},
    "stages.segment.alignment.transcript_words": {"words_of": 1, "to_letters": 1},
}
ENGLISH_ALONE = {
    # Whether a transcript has any words is the same in every language.
    "stages/common/dataset/out_of_domain.py",
    # Its lists are English.
    "stages/common/evaluation/entities/risk_fillers_negations.py",
}


def calls(path: Path) -> Iterator[tuple[str, int, ast.Call, int]]:
    """(name, line, call, position of the language) of each call of such a function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    known = {
        (alias.asname or alias.name): LANGUAGE_AT[node.module][alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in LANGUAGE_AT
        for alias in node.names
        if alias.name in LANGUAGE_AT[node.module]
    }
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    known |= LANGUAGE_AT.get(module, {})
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known:
            yield node.func.id, node.lineno, node, known[node.func.id]


def files() -> list[Path]:
    return [
        path for folder in ("stages", "attune") for path in sorted((ROOT / folder).rglob("*.py"))
    ]


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_each_call_passes_the_language(path: Path) -> None:
    if str(path.relative_to(ROOT)) in ENGLISH_ALONE:
        return
    without = [
        f"{name}, line {line}"
        for name, line, call, at in calls(path)
        if len(call.args) <= at and "language" not in {each.arg for each in call.keywords}
    ]
    assert without == []


def test_the_walk_finds_calls() -> None:
    found = {name for path in files() for name, *_ in calls(path)}
    assert found == {name for names in LANGUAGE_AT.values() for name in names}
