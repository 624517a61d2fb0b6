"""DVC experiments: resolved, compared and ranked with the real dvc, on a small pipeline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from attune.ranking import COUNTS, ranked, ranking_markdown
from stages.common.evaluation.comparison.revisions import Source
from stages.common.text.error_counts import to_csv
from tests.support.git_repository import ERRORS, call, clips_with, dvc, git, start_pipeline
from tests.support.markdown import table_rows

pytestmark = pytest.mark.pipeline


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two experiments beside a committed run."""
    folder = tmp_path_factory.mktemp("swept")
    start_pipeline(folder)
    for name, rate in (("quick-gonk", 0.004), ("slow-boar", 0.001)):
        dvc(folder, "exp", "run", "-q", "-n", name, "-S", f"finetune.learning_rate={rate}")
        git(folder, "checkout", "-q", "--", ".")
    return folder


def test_an_experiment_by_its_name(swept: Path) -> None:
    done = call(swept, "slow-boar", "--json")
    row: dict[str, Any] = json.loads(done.stdout)
    # This tree has two thirds of that experiment's errors.
    assert (done.returncode, row["verdict"]) == (0, "better")
    assert row["relative_change"] == pytest.approx(-1 / 3, abs=1e-3)
    assert row["models"][0]["name"].startswith("tuned, slow-boar (")
    assert row["changed_params"] == ["finetune.learning_rate: 0.001 -> 0.002"]
    assert call(swept, "quick-gonk").returncode == 1


def test_ranked_by_validation(swept: Path) -> None:
    found = json.loads(call(swept, "--experiments", "--json").stdout)
    assert [row["name"] for row in found["runs"]] == ["quick-gonk", "working tree", "slow-boar"]
    assert (found["looked_at"], found["pairs"], found["not_ranked"]) == (3, 3, [])
    output = call(swept, "--experiments").stdout
    assert [row[:3] for row in table_rows(output)[1:3]] == [
        ("1", "quick-gonk", "22.5%"), ("2", "working tree", "45.0%")
    ]  # fmt: skip
    assert "The lowest WER of 3 runs is optimistic" in output


def test_counts_by_clip_are_plotted_and_are_no_metric(swept: Path) -> None:
    changed = json.loads(dvc(swept, "metrics", "diff", "quick-gonk", "slow-boar", "--json"))
    assert set(changed) == {"metrics/evaluate.json", "metrics/finetune.json"}
    dvc(swept, "plots", "show", "-o", "plots")
    page = (swept / "plots" / "index.html").read_text()
    assert "reference_words" in page and "metrics/errors.csv" in page


def source(name: str, files: dict[str, str]) -> Source:
    return Source(name, files.get)


def run_files(clips: str, segments: int = 196) -> dict[str, str]:
    dataset = json.dumps({"validation": {"segments": segments}})
    return {"metrics/dataset.json": dataset, COUNTS: clips}


def scaled(*shares: float) -> str:
    pairs = zip(ERRORS, shares * len(ERRORS), strict=False)
    return to_csv(clips_with([round(count * share) for count, share in pairs]))


def test_the_interval_belongs_to_the_wer_beside_it() -> None:
    found = ranked([], source("here", run_files(scaled(1.0))))
    (row,) = found["runs"]
    assert row["validation_wer"] == pytest.approx(0.15)
    assert row["wer_low"] < 0.15 < row["wer_high"]
    # Symmetrical in the logarithm (stages/common/evaluation/significance/wer_interval.py).
    assert row["wer_low"] * row["wer_high"] == pytest.approx(0.15**2)


def test_significance_is_corrected_for_multiple_testing() -> None:
    # Significant as a single test: 2.6 standard errors of the log ratio, 7 degrees of freedom.
    here, close = source("here", run_files(scaled(1.0))), run_files(scaled(1.02, 1.10))
    one = ranked([source("close", close)], here)
    assert one["runs"][1]["against_first"] == "worse"
    more = [source(f"bad {n}", run_files(scaled(1.9, 2.1))) for n in range(15)]
    many = ranked([source("close", close), *more], here)
    assert many["pairs"] == 17 * 16 // 2
    assert [row.get("against_first") for row in many["runs"]] == [
        None,
        "not shown",
        *["worse"] * 15,
    ]
    output = ranking_markdown(many)
    assert "all 136 pairs (Bonferroni)" in output
    second = table_rows(output)[2]
    assert (*second[:3], second[4]) == ("2", "close", "16.0%", "inconclusive")


def test_runs_that_cannot_be_ranked_are_named() -> None:
    uncounted = {name: text for name, text in run_files(scaled(1.0)).items() if name != COUNTS}
    others = [
        source("old", {}),
        source("uncounted", uncounted),
        source("other", run_files(scaled(0.1), segments=3)),
    ]
    found = ranked(others, source("here", run_files(scaled(1.0))))
    assert [row["name"] for row in found["runs"]] == ["here"]
    output = ranking_markdown(found)
    assert "- old has no metrics/dataset.json" in output
    assert f"- uncounted has no {COUNTS}" in output
    assert "- other: different validation split" in output
