"""Metrics of a run with other parameters are told, also where no stage has run since."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from attune.locked_params import changed_since_run, note
from tests.support.imports import ROOT

RUN = {"data": {"sessions": "demo/sessions"}, "evaluate": {"beam_size": 5, "device": "auto"}}
LOCK = {
    "stages": {
        "segment": {"params": {"params.yaml": {"data": RUN["data"]}}},
        "evaluate": {"params": {"params.yaml": {"evaluate.beam_size": 5}}},
        "report": {"deps": []},
    }
}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("dvc.lock").write_text(yaml.safe_dump(LOCK), encoding="utf-8")


def params(**changes: object) -> None:
    Path("params.yaml").write_text(yaml.safe_dump(RUN | changes), encoding="utf-8")


def test_the_same_parameters() -> None:
    params()
    assert changed_since_run() == [] and note() == ""


def test_a_small_number() -> None:
    """DVC writes 6.0e-05 of params.yaml as 6e-05."""
    Path("params.yaml").write_text("a: {rate: 6.0e-05}\n", encoding="utf-8")
    lock = "stages: {finetune: {params: {params.yaml: {a: {rate: 6e-05}}}}}\n"
    Path("dvc.lock").write_text(lock, encoding="utf-8")
    assert changed_since_run() == []


def test_this_trees_metrics_are_of_its_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert changed_since_run() == []


def test_a_parameter_that_no_stage_reads() -> None:
    params(evaluate={"beam_size": 5, "device": "cpu"}, other={"a": 1})
    assert changed_since_run() == []


def test_other_sessions_and_a_missing_section() -> None:
    params(data={"sessions": "data/sessions"}, evaluate=None)
    assert changed_since_run() == ["data", "evaluate.beam_size"]
    assert note().startswith("These metrics are of an earlier run") and "data, " in note()


@pytest.mark.parametrize("content", ["", "stages: 3", "[", "{", "stages: {a: 1}", "\x00"])
def test_no_readable_lock(content: str) -> None:
    params(data={"sessions": "data/sessions"})
    Path("dvc.lock").write_text(content, encoding="utf-8")
    assert changed_since_run() == []
    Path("dvc.lock").unlink()
    assert changed_since_run() == []
