"""Experiments and comparisons as in the README."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.support.dvc_project import git, metrics, repro, run
from tests.support.markdown import table_rows
from tests.support.trace import ENVIRONMENT, Trace, outside

pytestmark = pytest.mark.pipeline


def test_sweep_show_apply_diff(project: Path, tmp_path: Path) -> None:
    attune = ("python", "-m", "attune")
    trace = Trace(tmp_path / "trace" / "sweep")
    swept = run(project, *attune, "sweep", "0.004", trace=trace).stdout
    assert trace.connections() == []
    assert outside(trace.written(project), project, ENVIRONMENT) == []
    table = run(project, "dvc", "exp", "show", "--csv").stdout
    rows = {
        row["finetune.learning_rate"]: row
        for row in csv.DictReader(io.StringIO(table))
        if row["rev"] not in ("workspace", "main", "master") and row["Experiment"]
    }
    assert list(rows) == ["0.004"] and f"finished as {rows['0.004']['Experiment']}" in swept
    assert all(row["metrics/evaluate.json:wer"] or row.get("wer") for row in rows.values())
    name = rows["0.004"]["Experiment"]
    compared = run(project, *attune, "compare", name, "--json", ok=False)
    assert json.loads(compared.stdout)["verdict"] in ("better", "worse", "not shown")
    ranking = run(project, *attune, "compare", "--experiments").stdout
    assert name in {ranked for _, ranked, *_ in table_rows(ranking)} and ranking in swept
    run(project, "dvc", "exp", "apply", name)
    assert "learning_rate: 0.004" in (project / "params.yaml").read_text()
    # The outputs of the experiment are in the workspace: no stage has to run.
    assert repro(project) == []
    _diff_between_branches(project)


def _diff_between_branches(project: Path) -> None:
    """Metrics and plots of the experiment against those of the first run."""
    git(project, "branch", "-m", "main")
    git(project, "switch", "-qc", "other")
    git(project, "commit", "-qam", "Other rate")
    out = run(project, "dvc", "metrics", "diff", "main", "other", "--json", "--all").stdout
    wer = json.loads(out)["metrics/evaluate.json"]["wer"]
    assert wer["new"] == metrics(project, "evaluate")["wer"]
    test_set = json.loads(out)["metrics/evaluate.json"]["test_set"]
    assert test_set["old"] == test_set["new"]
    # Bars of both revisions, in the order of the table.
    plots = run(project, "dvc", "plots", "diff", "main", "other", "--json",
                "--targets", "metrics/slices.csv", "metrics/matters.csv").stdout  # fmt: skip
    for name, (plot,) in json.loads(plots)["data"].items():
        table = list(csv.DictReader(io.StringIO((project / name).read_text())))
        values = plot["content"]["data"]["values"]
        assert [row for row in values if row.pop("rev") == "other"] == table
        assert len(values) > len(table) > 0
        assert "bar" in str(plot["content"]["layer"]) and "DVC_METRIC" not in str(plot["content"])
    assert "metrics/evaluate.json" in run(project, "dvc", "metrics", "diff", "main", "other",
                                          "--all", "--md").stdout  # fmt: skip
