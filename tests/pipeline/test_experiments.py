"""Experiments and comparisons as in the README."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path

import pytest

from tests.support.dvc_project import git, metrics, repro, run
from tests.support.markdown import table_rows

pytestmark = pytest.mark.pipeline


def wait_for_queue(folder: Path) -> None:
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        status = run(folder, "dvc", "queue", "status").stdout
        if "Queued" not in status and "Running" not in status:
            assert "Failed" not in status, status
            return
        time.sleep(1)
    raise AssertionError("the queue still runs after 600 s")


def test_queue_show_apply_diff(project: Path) -> None:
    rates = ["0.002", "0.004"]
    sweep = f"finetune.learning_rate={','.join(rates)}"
    run(project, "dvc", "exp", "run", "--queue", "-S", sweep)
    run(project, "dvc", "queue", "start")
    wait_for_queue(project)
    table = run(project, "dvc", "exp", "show", "--csv").stdout
    rows = {
        row["finetune.learning_rate"]: row
        for row in csv.DictReader(io.StringIO(table))
        if row["rev"] not in ("workspace", "main", "master") and row["Experiment"]
    }
    assert sorted(rows) == rates
    assert all(row["metrics/evaluate.json:wer"] or row.get("wer") for row in rows.values())
    attune = ("python", "-m", "attune", "compare")
    compared = run(project, *attune, rows["0.004"]["Experiment"], "--json", ok=False)
    assert json.loads(compared.stdout)["verdict"] in ("better", "worse", "not shown")
    ranking = run(project, *attune, "--experiments").stdout
    ranked = {name for _, name, *_ in table_rows(ranking)}
    assert ranked >= {row["Experiment"] for row in rows.values()}
    run(project, "dvc", "exp", "apply", rows["0.004"]["Experiment"])
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
