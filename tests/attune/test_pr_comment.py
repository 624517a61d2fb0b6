"""The comment of a pull request and the release check, in a clone that has no data: the real dvc
and git."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from attune.comment import MARKER, Changes, metrics_markdown
from tests.support.imports import ROOT
from tests.support.repository import (
    ERRORS,
    call,
    clips_with,
    commit,
    dvc,
    environment,
    git,
    start_pipeline,
    write_model,
)

pytestmark = pytest.mark.pipeline

GATES = "evaluate:\n  gates:\n    wer: 0.0\n"


def add_gates(folder: Path, tuned: float = 0.14) -> None:
    """A gate on a base's 0.15, and metrics that hold it, or not. The lock is then that of a run."""
    path = folder / "params.yaml"
    path.write_text(path.read_text() + GATES)
    write_model(folder, clips_with(ERRORS), base=True, wer=0.15)
    write_model(folder, clips_with(ERRORS), wer=tuned)
    dvc(folder, "commit", "-q", "-f", "evaluate")


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("origin")
    start_pipeline(folder)
    add_gates(folder)
    commit(folder)
    git(folder, "switch", "-qc", "better")
    path = folder / "params.yaml"
    path.write_text(
        path.read_text().replace("0.002", "0.004").replace("private-place", "secret-place")
    )
    (folder / "private-place").rename(folder / "secret-place")
    pipeline = (folder / "dvc.yaml").read_text()
    (folder / "dvc.yaml").write_text(pipeline.replace("private-place", "secret-place"))
    dvc(folder, "add", "-q", "secret-place")
    dvc(folder, "repro", "-q")
    stage = folder / "metrics" / "evaluate.json"
    stage.write_text(json.dumps(json.loads(stage.read_text()) | {"wer": 0.075}))
    dvc(folder, "commit", "-q", "-f", "evaluate")
    commit(folder)
    return folder


@pytest.fixture
def clone(origin: Path, tmp_path: Path) -> Path:
    """Of `better`, as CI has it: neither data nor cache."""
    folder = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "-b", "better", str(origin), str(folder))
    assert not (folder / "secret-place").exists() and not (folder / ".dvc" / "cache").exists()
    return folder


def comment(folder: Path, base: str = "origin/main") -> subprocess.CompletedProcess[str]:
    done = call(folder, base, command="pr-comment")
    assert not done.stderr, done.stderr
    assert done.stdout.startswith(f"{MARKER}\n")
    return done


def test_all_is_well(clone: Path) -> None:
    done = comment(clone)
    said = done.stdout
    assert done.returncode == 0
    assert "### Attune: better than origin/main (" in said and "**Better**" in said
    assert "`dvc.lock` matches the code, the parameters and the metrics." in said
    assert "| wer | 0.15 | 0.075 | at most 0.15 | holds |" in said
    assert "- `finetune.learning_rate: 0.002 -> 0.004`" in said
    assert "- `data.sessions: changed`" in said and "secret" not in said
    assert "| metrics/finetune.json | validation_wer | 0.3000 | 0.1500 | -0.1500 |" in said
    assert "baseline.json" not in said
    assert said == comment(clone).stdout


def edited_code(folder: Path) -> None:
    with (folder / "stage.py").open("a") as file:
        file.write("# Another line\n")


def edited_param(folder: Path) -> None:
    path = folder / "params.yaml"
    path.write_text(path.read_text().replace("0.004", "0.001"))


def edited_command(folder: Path) -> None:
    path = folder / "dvc.yaml"
    path.write_text(path.read_text().replace("mkdir segments", "mkdir -p segments"))


def edited_metric(folder: Path) -> None:
    path = folder / "metrics" / "finetune.json"
    path.write_text(path.read_text() + "\n")


def lost_metric(folder: Path) -> None:
    (folder / "metrics" / "finetune.json").unlink()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (edited_code, ["- `evaluate` (`stage.py`)"]),
        (edited_param, ["- `evaluate` (`finetune`)"]),
        (edited_command, ["- `segment` (`changed command`)"]),
        (edited_metric, ["Not the files that `dvc.lock` names:", "- `metrics/finetune.json`"]),
        (lost_metric, ["Not the files that `dvc.lock` names:", "- `metrics/finetune.json`"]),
    ],
)
def test_a_stale_lock(clone: Path, change: Callable[[Path], None], told: list[str]) -> None:
    change(clone)
    commit(clone)
    done = comment(clone)
    assert done.returncode == 1
    assert "**`dvc.lock` is stale**: run `dvc repro`, and commit" in done.stdout
    assert all(line in done.stdout for line in told), done.stdout
    # The rest is told all the same.
    assert "**Better**" in done.stdout and "All gates hold" in done.stdout
    check = call(clone, command="release-check")
    assert check.returncode == 1 and "is stale" in check.stdout


def test_a_lock_of_two_branches(clone: Path) -> None:
    """Merged by hand, with one side's output and the other side's input of it."""
    path = clone / "dvc.lock"
    before, after = path.read_text().split("  evaluate:")
    start = after.index("md5: ") + 5
    path.write_text(f"{before}  evaluate:{after[:start]}{'0' * 32}{after[start + 32 :]}")
    done = comment(clone)
    assert done.returncode == 1 and "- `evaluate`" in done.stdout, done.stdout


def test_where_the_data_is_the_answer_is_the_same(origin: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(origin, folder)
    assert comment(folder, "main").returncode == 0
    edited_code(folder)
    done = comment(folder, "main")
    assert done.returncode == 1 and "- `evaluate` (`stage.py`)" in done.stdout
    assert "what was said" not in done.stdout


def test_a_gate_that_does_not_hold(clone: Path) -> None:
    path = clone / "metrics" / "baseline.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"wer": 0.07}))
    done = comment(clone)
    assert done.returncode == 1 and "1 of 1 gates does not hold" in done.stdout
    check = call(clone, command="release-check")
    assert (
        check.returncode == 1 and "| at most 0.07 | **does not hold**: too high |" in check.stdout
    )


def test_a_release(clone: Path) -> None:
    check = call(clone, command="release-check")
    assert check.returncode == 0 and not check.stderr
    assert "All gates hold" in check.stdout and "`dvc.lock` matches" in check.stdout
    assert "| base, working tree | 15.0% |" in check.stdout


def test_two_models_that_were_not_heard_alike_are_no_release(clone: Path) -> None:
    write_model(clone, clips_with(ERRORS), base=True, wer=0.15, beam_size=1)
    check = call(clone, command="release-check")
    assert check.returncode == 1 and "**Not comparable**: another beam size" in check.stdout


def test_a_base_without_metrics_is_told(clone: Path) -> None:
    git(clone, "switch", "-q", "--orphan", "old")
    (clone / "README").write_text("Before there were metrics\n")
    commit(clone)
    git(clone, "switch", "-q", "better")
    git(clone, "-c", "user.name=T", "-c", "user.email=t@localhost", "merge", "-q", "--no-edit",
        "--allow-unrelated-histories", "old")  # fmt: skip
    done = comment(clone, "old")
    assert done.returncode == 0 and "no verdict against old" in done.stdout
    assert "**No verdict**: old (" in done.stdout
    assert "has no metrics/evaluate.json" in done.stdout and "All gates hold" in done.stdout


def make(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`make` with the repository's Makefile, where `make setup` has nothing to do."""
    shutil.copy(ROOT / "Makefile", clone)
    for name in ("requirements", "requirements-dev", "constraints", "constraints-dev"):
        (clone / f"{name}.txt").touch()
    (clone / "pyproject.toml").touch()
    (clone / ".venv").mkdir()
    (clone / ".venv" / ".complete").touch()
    return subprocess.run(
        ["make", *arguments], cwd=clone, env=environment(), capture_output=True, text=True
    )


def test_make_prints_the_comment_alone(clone: Path) -> None:
    """As CI would paste it: without a line of make's own."""
    done = make(clone, "pr-comment", "BASE=origin/main")
    assert done.returncode == 0, done.stderr
    assert done.stdout == comment(clone).stdout


@pytest.mark.parametrize(("target", "name"), [("pr-comment", "BASE"), ("sweep", "RATES")])
def test_make_executes_nothing_in_its_arguments(clone: Path, target: str, name: str) -> None:
    text = "no*;touch ran;$(shell touch ran)$(touch ran)`touch ran`"
    done = make(clone, target, f"{name}={text}")
    assert not (clone / "ran").exists()
    assert done.returncode and f"{target}: " in done.stderr, done.stderr
    assert all(word in done.stderr for word in text.split()), done.stderr


def test_a_branch_that_is_not_here(clone: Path) -> None:
    done = call(clone, "no-such", command="pr-comment")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "pr-comment: none of no-such is here: fetch one, or name a revision\n"


# Makes every package that CI does not install look absent, also to processes that are started.
ABSENT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
"""


def ci_packages() -> set[str]:
    """Those of .ci/requirements.txt and what they require, in canonical form."""
    todo = [
        Requirement(line)
        for line in (ROOT / ".ci" / "requirements.txt").read_text().splitlines()
        if not line.startswith(("#", "-"))
    ]
    names: set[str] = set()
    while todo:
        package = todo.pop()
        name = canonicalize_name(package.name)
        if name in names and not package.extras:
            continue
        names.add(name)
        try:
            needed = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # Required on another platform alone.
        todo += [
            requirement
            for requirement in map(Requirement, needed)
            if not requirement.marker
            or any(requirement.marker.evaluate({"extra": e}) for e in {"", *package.extras})
        ]
    return names


def test_it_runs_with_the_packages_that_ci_installs(clone: Path, tmp_path: Path) -> None:
    allowed = ci_packages()
    absent = {
        module
        for module, packages in metadata.packages_distributions().items()
        if not allowed & set(map(canonicalize_name, packages))
    } - {"attune", "stages"}
    assert {"torch", "transformers", "faster_whisper"} < absent
    (tmp_path / "sitecustomize.py").write_text(ABSENT.format(names=absent))
    with_all = comment(clone)
    env = environment()
    env["PYTHONPATH"] = f"{tmp_path}:{env['PYTHONPATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "attune", "pr-comment", "origin/main"],
        cwd=clone, env=env, capture_output=True, text=True,
    )  # fmt: skip
    assert not done.stderr, done.stderr
    assert (done.returncode, done.stdout) == (0, with_all.stdout)


def test_numbers_of_single_recordings_are_counted() -> None:
    changes: Changes = {
        "metrics/segment.json": {
            "segments": {"old": 1000, "new": 1200, "diff": 200},
            "by_recording.r0123456789.words": {"old": 1, "new": 2, "diff": 1},
            "by_recording.r0123456789.seconds": {"old": 1.0, "new": 2.0, "diff": 1.0},
        },
        "metrics/finetune.json": {"precision": {"old": "float32", "new": None}},
    }
    said = metrics_markdown(changes, "main")
    assert "2 metrics differ from main" in said and "And 2 numbers of single recordings." in said
    assert "| metrics/segment.json | segments | 1,000 | 1,200 | +200 |" in said
    assert "| metrics/finetune.json | precision | float32 | - |  |" in said
    assert "r0123456789" not in said
