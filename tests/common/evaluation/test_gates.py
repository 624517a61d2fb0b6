"""Gates on crafted metrics, and their output in `attune compare`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from attune.markdown import gates_markdown
from stages.common.core.errors import UserError
from stages.common.evaluation.comparison.gates import Gate, check_gates, gate_rows, gates_summary
from tests.support.git_repository import (
    ERRORS,
    call,
    clips_with,
    start_branch,
    write_model,
)
from tests.support.markdown import table_rows

Values = dict[str, Any]


@pytest.mark.parametrize(
    ("name", "share", "base", "tuned", "limit", "holds"),
    [
        ("wer", 0.0, 0.3, 0.3, 0.3, True),
        ("wer", 0.0, 0.3, 0.3001, 0.3, False),
        # In floats 0.1 * 1.1 is a little more, 0.7 * 1.1 a little less than it should be.
        ("guard_wer", 0.1, 0.1, 0.11, 0.11, True),
        ("guard_wer", 0.1, 0.7, 0.77, 0.77, True),
        ("guard_wer", 0.1, 0.7, 0.7701, 0.77, False),
        ("hallucinated_words", 0.5, 10, 15, 15, True),
        # A base value of 0 allows 0 alone.
        ("hallucinated_words", 0.5, 0, 1, 0, False),
        ("hallucinated_words", 0.5, 0, 0, 0, True),
        # Higher is better.
        ("terms_recall", 0.0, 0.5, 0.5, 0.5, True),
        ("terms_recall", 0.0, 0.5, 0.4, 0.5, False),
        ("terms_precision", 0.1, 0.9, 0.81, 0.81, True),
        ("terms_precision", 0.1, 0.9, 0.8099, 0.81, False),
        ("terms_recall", 0.1, 0.0, 0.9, 0.0, True),
        ("punctuation_f1", 0.05, 0.8, 0.76, 0.76, True),
        ("capitalization_f1", 0.05, 0.8, 0.7599, 0.76, False),
        # In points: zero is not the best value.
        ("membership_auc", 0.2, 0.5, 0.7, 0.7, True),
        ("membership_auc", 0.2, 0.5, 0.71, 0.7, False),
        ("continued_excess", 0.05, 0.0, 0.05, 0.05, True),
        ("continued_excess", 0.05, -0.1, 0.0, -0.05, False),
    ],
)
def test_a_gate(
    name: str, share: float, base: float, tuned: float, limit: float, holds: bool
) -> None:
    (gate,) = check_gates({name: share}, {name: base}, {name: tuned})
    assert (gate.name, gate.base, gate.tuned) == (name, base, tuned)
    assert (gate.limit, gate.holds) == (limit, holds)
    assert bool(gate.reason) != holds


def test_the_base_value_may_be_among_the_tuned_model_s_metrics() -> None:
    tuned = {"memorized_share": 0.02, "memorized_share_by_base": 0.01}
    (gate,) = check_gates({"memorized_share": 0.5}, {}, tuned)
    assert (gate.base, gate.limit, gate.holds) == (0.01, 0.015, False)


@pytest.mark.parametrize(
    ("base", "tuned", "without"),
    [(None, 0.5, "base"), (0.5, None, "tuned"), (None, None, "base and tuned")],
)
def test_a_gate_without_a_value_fails(base: Any, tuned: Any, without: str) -> None:
    (gate,) = check_gates({"doses_recall": 0.5}, {"doses_recall": base}, {"doses_recall": tuned})
    assert not gate.holds and gate.limit is None
    assert gate.reason == f"no value for {without}"
    (row,) = gate_rows([gate])
    assert row[3:] == ("\u2013", gate.reason)


@pytest.mark.parametrize("style", ["spoken", "verbatim"])
@pytest.mark.parametrize("tuned", [0.9, 0.1])
def test_case_and_punctuation_are_not_applied_to_labels_without_them(
    style: str, tuned: float
) -> None:
    gates = {"wer": 0.0, "punctuation_f1": 0.05}
    first, second = check_gates(
        gates, {"wer": 0.3, "punctuation_f1": 0.8}, {"wer": 0.3, "punctuation_f1": tuned}, style
    )
    assert first.holds and (second.holds, second.fails, second.limit) == (None, False, None)
    assert (second.base, second.tuned, second.result) == (0.8, tuned, "not applied")
    assert second.reason == f"the labels are in {style} style"
    assert gates_summary([first, second]) == "All gates pass, 1 is not applied"
    assert gates_summary([second]) == "No gate is applied"
    assert "| not applied: the labels are in" in gates_markdown([first, second])


def test_transcripts_without_case_and_stops_have_no_gate_of_them() -> None:
    row: Values = {"punctuation_f1": None}
    (gate,) = check_gates({"punctuation_f1": 0.05}, row, row)
    assert (gate.holds, gate.reason) == (None, "the transcripts have no case and punctuation")
    (gate,) = check_gates({"punctuation_f1": 0.05}, {"punctuation_f1": 0.5}, row)
    assert gate.fails and gate.reason == "no value for tuned"


@pytest.mark.parametrize("style", ["spoken", "written"])
def test_a_misspelled_gate_is_an_error_in_every_style(style: str) -> None:
    with pytest.raises(UserError, match="capitalisation_f1: not a number of both models"):
        check_gates({"capitalisation_f1": 0.05}, {"wer": 0.2}, {"wer": 0.1}, style)


def test_failing_and_not_applied_gates_are_counted_apart() -> None:
    gates = [
        Gate("wer", 0.1, 0.2, 0.1, holds=False),
        Gate("cer", 0.1, 0.1, 0.1, holds=True),
        Gate("punctuation_f1", 0.8, 0.1, None, None, "the labels are in spoken style"),
    ]
    assert gates_summary(gates) == "1 of 3 gates fails, 1 is not applied"


def test_a_row_has_four_decimals_at_most() -> None:
    gates = [
        Gate("wer", 0.5, 1234.56789, 271, holds=False),
        Gate("cer", 0.0, 0.1, 0.0, holds=False),
    ]
    assert gate_rows(gates) == [
        ("wer", "0.5", "1,234.5679", "≤ 271", "too high"), ("cer", "0", "0.1", "≤ 0", "too high")
    ]  # fmt: skip


def test_every_unknown_gate_is_named_in_one_error() -> None:
    base: Values = {"wer": 0.3, "test_set": "a", "seconds": 3.0}
    tuned: Values = {"wer": 0.3, "test_set": "a", "cer": 0.1}
    gates = dict.fromkeys(("wer", "no_such", "test_set", "seconds", "cer"), 0.0)
    with pytest.raises(UserError) as caught:
        check_gates(gates, base, tuned)
    assert "evaluate.gates: no_such, test_set, seconds, cer: not a number of both" in str(
        caught.value
    )


def test_the_table() -> None:
    base = {"wer": 0.25, "terms_recall": 0.5, "hallucinated_words": 1000}
    tuned = {"wer": 0.2, "terms_recall": 0.4, "hallucinated_words": 2000}
    markdown = gates_markdown(check_gates(dict.fromkeys(base, 0.0), base, tuned))
    assert table_rows(markdown) == [
        ("gate", "base", "tuned", "limit", "result"),
        ("wer", "0.25", "0.2", "≤ 0.25", "pass"),
        ("terms_recall", "0.5", "0.4", "≥ 0.5", "**fail**: too low"),
        ("hallucinated_words", "1,000", "2,000", "≤ 1,000", "**fail**: too high"),
    ]
    assert "2 of 3 gates fail (" in markdown


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    start_branch(tmp_path)
    return tmp_path


def set_gates(repository: Path, lines: str) -> None:
    path = repository / "params.yaml"
    path.write_text(f"{path.read_text()}evaluate:\n  gates:\n{lines}")


def test_compare_shows_the_gates_and_keeps_its_exit_code(repository: Path) -> None:
    set_gates(repository, "    wer: 0.0\n    guard_wer: 0.1\n")
    write_model(repository, clips_with(ERRORS), wer=0.15, guard_wer=0.3)
    write_model(repository, clips_with(ERRORS), base=True, wer=0.15, guard_wer=0.2)
    done = call(repository)
    assert done.returncode == 0 and "1 of 2 gates fails" in done.stdout
    assert "evaluate.gates.guard_wer: none -> 0.1" in done.stdout
    row = json.loads(call(repository, "base", "--json").stdout)
    assert [(gate["name"], gate["holds"]) for gate in row["gates"]] == [
        ("wer", True),
        ("guard_wer", False),
    ]
    assert row["gates"][1]["limit"] == 0.22 and row["gates"][1]["reason"] == "too high"


def test_an_older_run_without_case_and_punctuation_is_one_line(repository: Path) -> None:
    set_gates(repository, "    punctuation_f1: 0.05\n")
    path = repository / "metrics" / "normalize.json"
    path.write_text(json.dumps({"style": "written"}))
    done = call(repository)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "punctuation_f1: not a number of both" in done.stderr and "dvc repro" in done.stderr
    path.write_text(json.dumps({"style": "spoken"}))
    done = call(repository)
    assert done.returncode == 0 and "No gate is applied (" in done.stdout
    (row,) = json.loads(call(repository, "--json").stdout)["gates"]
    assert (row["holds"], row["reason"]) == (None, "the labels are in spoken style")
    path.unlink()
    assert "no metrics/normalize.json: run `dvc repro`" in call(repository).stderr


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("    wer: 0.0\n    no_such: 0.1\n", "evaluate.gates: wer, no_such: not a number of both"),
        ("    wer: -1\n    cer: much\n", "evaluate.gates: wer, cer: not a number >= 0"),
    ],
)
def test_wrong_gates_are_one_line(repository: Path, lines: str, message: str) -> None:
    set_gates(repository, lines)
    done = call(repository)
    assert done.returncode == 2 and message in done.stderr and done.stderr.count("\n") == 1


def test_without_gates_the_base_needs_no_metrics(repository: Path) -> None:
    (repository / "metrics" / "baseline.json").unlink()
    done = call(repository)
    assert done.returncode == 0 and "No gates are set" in done.stdout
