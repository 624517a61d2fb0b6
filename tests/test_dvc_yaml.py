"""`dvc.yaml` against the code: DVC does not follow imports, so the file must name them all."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from stages.common.core.params import Evaluate
from tests.support.imports import ROOT, reached
from tests.support.rooms import modules

PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
STAGES = {
    "check_inputs", "fetch_base", "segment", "normalize", "build_dataset", "finetune",
    "ct2_convert", "baseline", "evaluate", "report",
}  # fmt: skip


def code_deps(name: str) -> set[str]:
    return {dep for dep in PIPELINE[name]["deps"] if dep.startswith("stages/")}


def test_the_stages_have_their_fixed_names() -> None:
    assert set(PIPELINE) == STAGES


@pytest.mark.parametrize("name", sorted(STAGES))
def test_deps_are_the_folders_that_the_imports_reach(name: str) -> None:
    assert PIPELINE[name]["cmd"] == f"python -m stages.{name}"
    # Of every module: the library `evaluate` loads those in stages/finetune/metrics by their path.
    imported = set().union(*(reached(module) for module in modules(f"stages/{name}")))
    assert f"stages/{name}/__main__.py" in imported
    folders = {"/".join(path.split("/")[: 3 if "/common/" in path else 2]) for path in imported}
    assert code_deps(name) == folders


@pytest.mark.parametrize("name", sorted(STAGES))
def test_every_stage_follows_the_packages_that_it_runs_with(name: str) -> None:
    assert "constraints.txt" in PIPELINE[name]["deps"]


def test_the_check_precedes_the_hashing_of_what_users_provide() -> None:
    """DVC hashes a stage's deps before it runs it, and visits them in the file's order."""
    assert next(iter(PIPELINE)) == "check_inputs" and PIPELINE["check_inputs"]["always_changed"]
    assert not [dep for dep in PIPELINE["check_inputs"]["deps"] if "${" in dep or "data" in dep]
    digests = {
        "${data.sessions}": "data/inputs/sessions",
        "${data.key}": "data/inputs/key",
        "${evaluate.guard}": "data/inputs/guard",
        "data/terms.txt": "data/inputs/terms",
    }
    for name, stage in PIPELINE.items():
        wanted = sorted(digests[dep] for dep in stage["deps"] if dep in digests)
        given = [dep for dep in stage["deps"] if dep.startswith("data/inputs/")]
        assert given == wanted == stage["deps"][: len(given)], name


def test_a_new_linter_reruns_nothing() -> None:
    """constraints.txt pins none of what tests and checks alone need."""
    runtime, development = (
        {line.split("==")[0].lower() for line in (ROOT / name).read_text().splitlines()
         if "==" in line}
        for name in ("constraints.txt", "constraints-dev.txt")
    )  # fmt: skip
    assert {"pytest", "ruff", "mypy", "hypothesis"} <= development
    assert {"torch", "dvc", "faster-whisper"} <= runtime
    assert not runtime & development
    for stage in PIPELINE.values():
        assert not [dep for dep in stage["deps"] if "dev" in dep]


def test_the_pipeline_is_read_in_two_screens() -> None:
    assert len((ROOT / "dvc.yaml").read_text(encoding="utf-8").splitlines()) < 300


@pytest.mark.parametrize("name", ["baseline", "evaluate"])
def test_a_gate_makes_nobody_hear_again(name: str) -> None:
    """What hears names each parameter of `evaluate` that it reads, instead of the section."""
    named = {p for p in PIPELINE[name]["params"] if p.split(".")[0] == "evaluate"}
    assert named == {f"evaluate.{field}" for field in Evaluate.model_fields if field != "gates"}


def test_the_conversion_does_not_follow_the_gates() -> None:
    assert not {"evaluate", "evaluate.gates"} & set(PIPELINE["ct2_convert"]["params"])


def test_every_metric_is_declared_on_its_stage_and_kept_in_git() -> None:
    declared = {
        path: options
        for stage in PIPELINE.values()
        for metric in stage.get("metrics", [])
        for path, options in metric.items()
    }
    names = ("segment", "normalize", "dataset", "finetune", "convert", "baseline", "evaluate",
             "speed_base", "speed")  # fmt: skip
    assert set(declared) == {f"metrics/{name}.json" for name in names}
    assert all(options == {"cache": False} for options in declared.values())


def test_tables_are_plots_in_git() -> None:
    """As plain outs without a cache they would turn the run-cache off for their stages."""
    declared = {
        path: options["cache"]
        for stage in PIPELINE.values()
        for plot in stage.get("plots", [])
        for path, options in plot.items()
    }
    names = (
        "errors_base", "errors", "errors_validation", "finetune_curve", "average_curve",
        "matters_base", "matters", "slices", "slices_base", "calibration",
    )  # fmt: skip
    assert declared == {f"metrics/{name}.csv": False for name in names}
    for stage in PIPELINE.values():
        assert all(isinstance(out, str) for out in stage.get("outs", []))


def test_the_report_is_cached_and_follows_every_metric() -> None:
    report = PIPELINE["report"]
    assert report["outs"] == ["reports/private", "reports/report.html"]
    assert "metrics" in report["deps"] and not report.keys() & {"metrics", "plots"}
    values = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    assert set(report["params"]) == set(values), "the page shows every parameter"
    assert (ROOT / "reports" / ".gitignore").read_text() == "*\n!.gitignore\n"


def test_the_walk_finds_what_is_imported_through_others() -> None:
    # evaluate -> scoring -> score -> the normalizer -> its numbers.
    assert "stages/common/text/numbers.py" in reached("stages.evaluate.__main__")
    assert Path("stages/__init__.py").as_posix() in reached("stages.segment.__main__")
