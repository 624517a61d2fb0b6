"""The table of entities: the same counts as the metrics, with intervals."""

from __future__ import annotations

from typing import Any

from stages.common.evaluation.entity_metrics import entity_metrics, entity_rows
from tests.support.scores import score_of

SCORES = [
    score_of("a", "um i do not sleep without sertraline", "i do sleep without sertraline"),
    score_of("c", "fifty milligrams of sertraline", "fifteen milligrams of certain lines"),
    score_of("b", "i never took twenty tablets of sertraline", "i never took twenty tablets of it"),
    score_of("b", "uh we went to the lake", "uh we died at the lake"),
    score_of("b", "he spoke of suicide", "he spoke of the suicide"),
]


def test_counts_are_those_of_the_metrics() -> None:
    table: dict[str, list[Any]] = {measure: rest for measure, *rest in entity_rows(SCORES)}
    metrics = entity_metrics(SCORES)
    assert list(table) == [
        "terms_recall", "terms_precision", "negations_recall", "negations_precision",
        "numbers_recall", "numbers_precision", "doses_recall", "fillers_recall", "risk_lost",
        "risk_invented",
    ]  # fmt: skip
    for name in list(table)[:8]:
        found, of, value, _, _ = table[name]
        assert value == metrics[name] == found / of, name
    assert table["terms_recall"][:2] == [1, metrics["terms_spoken"]] == [1, 3]
    assert table["risk_lost"][:2] == [metrics["risk_lost"], metrics["risk_spoken"]] == [0, 1]
    words = sum(score.reference_words for score in SCORES)
    assert table["risk_invented"][:3] == [1, words, 1 / words]
    low, high = table["terms_recall"][3:]
    assert 0 < low < 1 / 3 < high < 1
    # Risk words occur in a single recording; all recordings are scored.
    assert table["risk_lost"][3:] == [None, None]
    assert 0 < table["risk_invented"][3] < 1 / words < table["risk_invented"][4]


def test_an_entity_without_occurrences_has_no_value() -> None:
    table = {measure: rest for measure, *rest in entity_rows([score_of("a", "hello", "")])}
    assert table["terms_recall"] == table["terms_precision"] == [0, 0, None, None, None]
    assert table["risk_invented"] == [0, 1, 0.0, None, None]
