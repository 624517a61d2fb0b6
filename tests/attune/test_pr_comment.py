"""The comment on a pull request and the release check, with the real dvc and git.

The clone has no data, as in CI.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from attune.lock import lock_markdown, stale_stages
from attune.pr_comment import MARKER, Changes, metrics_markdown
from stages.common.core.errors import UserError
from tests.support.git_repository import (
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
from tests.support.imports import ROOT
from tests.support.markdown import table_rows

pytestmark = pytest.mark.pipeline

STALE_HEADING = "**`dvc.lock` is stale**: run `dvc repro`, then commit"
GATES = "evaluate:\n  gates:\n    wer: 0.0\n"


def add_gates(folder: Path, tuned: float = 0.14) -> None:
    """A gate on a base value of 0.15, and metrics that pass or fail it, with a fresh lock."""
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
    """The branch `better` as in CI: without data and cache."""
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
    output = done.stdout
    assert done.returncode == 0
    assert "### Attune: better than origin/main (" in output and "**Better**" in output
    assert "`dvc.lock` matches code, parameters and metrics." in output
    assert ("wer", "0.15", "0.075", "≤ 0.15", "pass") in table_rows(output)
    assert "- `finetune.learning_rate: 0.002 -> 0.004`" in output
    assert "- `data.sessions: changed`" in output and "secret" not in output
    changed = ("metrics/finetune.json", "validation_wer", "0.3000", "0.1500", "-0.1500")
    assert changed in table_rows(output)
    assert "baseline.json" not in output
    assert output == comment(clone).stdout


def test_the_share_of_recordings_for_training_only(clone: Path) -> None:
    assert "training only" not in comment(clone).stdout
    path = clone / "metrics" / "dataset.json"
    row = json.loads(path.read_text()) | {"train": {"recordings": 40}}
    path.write_text(json.dumps(row | {"train_only_recordings": 12, "train_only_share": 0.3}))
    told = "12 of 40 training recordings, 30.0% of the training time, are for training only"
    assert told in comment(clone).stdout
    path.unlink()
    assert "training only" not in comment(clone).stdout


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


def edited_code_and_command(folder: Path) -> None:
    edited_code(folder)
    edited_command(folder)


def merged_lock(folder: Path) -> None:
    """Merged by hand, with one branch's output and the other branch's input."""
    path = folder / "dvc.lock"
    before, after = path.read_text().split("  evaluate:")
    start = after.index("md5: ") + 5
    path.write_text(f"{before}  evaluate:{after[:start]}{'0' * 32}{after[start + 32 :]}")


def added_data(folder: Path) -> None:
    """`dvc add` without `dvc repro`."""
    path = folder / "secret-place.dvc"
    path.write_text(re.sub("md5: [0-9a-f]{8}", "md5: 00000000", path.read_text()))


def new_stage(folder: Path) -> None:
    with (folder / "dvc.yaml").open("a") as file:
        file.write("  extra:\n    cmd: touch extra\n    deps: [segments]\n    outs: [extra]\n")


def new_output(folder: Path) -> None:
    path = folder / "dvc.yaml"
    path.write_text(path.read_text().replace("outs: [segments]", "outs: [segments, extra]"))


Change = Callable[[Path], None]
STALE: list[tuple[Change, dict[str, list[str]]]] = [
    (edited_code, {"evaluate": ["`stage.py`"]}),
    (edited_param, {"evaluate": ["`finetune`"]}),
    (edited_command, {"segment": ["changed command"]}),
    (edited_code_and_command, {"segment": ["changed command"], "evaluate": ["`stage.py`"]}),
    (edited_metric, {"evaluate": ["`metrics/finetune.json`"]}),
    (lost_metric, {"evaluate": ["`metrics/finetune.json`"]}),
    (merged_lock, {"evaluate": ["input from another run"]}),
    (added_data, {"segment": ["input from another run"]}),
    (new_stage, {"extra": ["input from another run", "output missing from dvc.lock"]}),
    (new_output, {"segment": ["output missing from dvc.lock"]}),
]


@pytest.mark.parametrize(("change", "stale"), STALE)
def test_a_stale_lock(
    clone: Path, monkeypatch: pytest.MonkeyPatch, change: Change, stale: dict[str, list[str]]
) -> None:
    change(clone)
    commit(clone)
    monkeypatch.chdir(clone)
    before, after = lock_markdown(stale_stages()).split(STALE_HEADING)
    lines = re.findall("^- `([a-z]+)`: (.*)$", after, re.MULTILINE)
    assert not before and {name: changes.split(", ") for name, changes in lines} == stale


def test_a_stale_lock_fails_and_leaves_the_other_sections(clone: Path) -> None:
    edited_code_and_command(clone)
    commit(clone)
    done = comment(clone)
    assert done.returncode == 1
    _, after = done.stdout.split(STALE_HEADING)
    assert "- `evaluate`: `stage.py`\n- `segment`: changed command\n" in after
    assert "**Better**" in after and "All gates pass" in after


def test_the_release_check_fails_on_a_stale_lock(clone: Path) -> None:
    edited_code(clone)
    check = call(clone, command="release-check")
    assert check.returncode == 1 and "is stale" in check.stdout


@pytest.fixture(scope="module")
def with_data(origin: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "copy"
    shutil.copytree(origin, folder)
    return folder


@pytest.fixture
def in_data(with_data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(with_data)
    yield with_data
    git(with_data, "checkout", "-q", "--", ".")


def test_the_lock_is_fresh_beside_its_data(with_data: Path) -> None:
    assert comment(with_data, "main").returncode == 0


@pytest.mark.parametrize(("change", "stale"), STALE)
def test_the_lock_is_as_stale_beside_its_data(
    in_data: Path, change: Change, stale: dict[str, list[str]]
) -> None:
    change(in_data)
    found = stale_stages()
    # Here DVC can hash the input itself.
    assert {name: [c for c in changes if c != "data"] for name, changes in found.items()} == stale


def test_changed_data_is_not_named(in_data: Path) -> None:
    path = in_data / "secret-place" / "one"
    text = path.read_text()
    path.unlink()  # DVC may have linked it to its cache.
    path.write_text("more")
    stale = stale_stages()
    path.write_text(text)
    assert stale == {"segment": ["data"]}


@pytest.mark.parametrize("name", ["dvc.lock", "dvc.yaml"])
def test_a_damaged_pipeline_is_one_line(in_data: Path, name: str) -> None:
    path = in_data / name
    whole = path.read_text()
    damaged = {
        f"<<<<<<< HEAD\n{whole}": f"{name}: a merge conflict in line 1",
        whole + whole: f"{name}: invalid YAML in line ",
        "[" * 9_999: f"{name}: nested too deeply",
        "": f"{name}: it ",
    }
    for text, fault in damaged.items():
        path.write_text(text)
        with pytest.raises(UserError) as caught:
            stale_stages()
        assert str(caught.value).startswith(fault) and "\n" not in str(caught.value)


def test_dvc_prints_nothing(in_data: Path) -> None:
    """Not even the warning about a frozen stage."""
    path = in_data / "dvc.yaml"
    path.write_text(path.read_text().replace("  evaluate:\n", "  evaluate:\n    frozen: true\n"))
    code = "from attune.lock import stale_stages; stale_stages()"
    done = subprocess.run([sys.executable, "-c", code], cwd=in_data, env=environment(),
                          check=True, capture_output=True, text=True)  # fmt: skip
    assert (done.stdout, done.stderr) == ("", "")


def test_a_failing_gate(clone: Path) -> None:
    path = clone / "metrics" / "baseline.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"wer": 0.07}))
    done = comment(clone)
    assert done.returncode == 1 and "1 of 1 gates fails" in done.stdout
    check = call(clone, command="release-check")
    assert check.returncode == 1
    assert ("wer", "0.07", "0.075", "≤ 0.07", "**fail**: too high") in table_rows(check.stdout)


def test_spelling_alone_has_its_sentence(clone: Path) -> None:
    """From main's tuned model, which has no such metric, nothing; from the base model a share."""
    for name, wer, written in (("baseline", 0.15, 0.4), ("evaluate", 0.075, 0.3)):
        path = clone / "metrics" / f"{name}.json"
        more = {"wer": wer, "wer_written": written, "punctuation_f1": 0.8, "capitalization_f1": 0.9}
        path.write_text(json.dumps(json.loads(path.read_text()) | more))
    shown = comment(clone).stdout
    assert "From the base model to this tuned one:\n\n- The WER with case and punctuation" in shown
    assert shown.count("fell from 40.0% to 30.0%; 25% of that is spelling, case and punct") == 1
    head, *rows = table_rows(shown)
    assert head[5:8] == ("WER with case and punctuation", "F1 of punctuation", "F1 of capitals")
    assert [row[5:8] for row in rows[:2]] == [("-", "-", "-"), ("30.0%", "0.80", "0.90")]


def test_a_release(clone: Path) -> None:
    check = call(clone, command="release-check")
    assert check.returncode == 0 and not check.stderr
    assert "All gates pass" in check.stdout and "`dvc.lock` matches" in check.stdout
    assert ("base, working tree", "15.0%") in [row[:2] for row in table_rows(check.stdout)]


def test_models_that_are_not_comparable_are_no_release(clone: Path) -> None:
    write_model(clone, clips_with(ERRORS), base=True, wer=0.15, beam_size=1)
    check = call(clone, command="release-check")
    assert check.returncode == 1 and "**Not comparable**: different beam sizes" in check.stdout


def test_a_base_without_metrics_gives_its_reason(clone: Path) -> None:
    git(clone, "switch", "-q", "--orphan", "old")
    (clone / "README").write_text("Before there were metrics\n")
    commit(clone)
    git(clone, "switch", "-q", "better")
    git(clone, "-c", "user.name=T", "-c", "user.email=t@localhost", "merge", "-q", "--no-edit",
        "--allow-unrelated-histories", "old")  # fmt: skip
    done = comment(clone, "old")
    assert done.returncode == 0 and "no comparison with old" in done.stdout
    assert "**No comparison**: old (" in done.stdout
    assert "has no metrics/evaluate.json" in done.stdout and "All gates pass" in done.stdout


def make(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`make` with the repository's Makefile, where `make setup` has nothing to do."""
    shutil.copy(ROOT / "Makefile", clone)
    (clone / "locked").mkdir(exist_ok=True)
    (clone / "locked" / "install").touch()
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
    assert done.stderr == "pr-comment: no branch no-such: fetch one, or name a revision\n"


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


def test_metrics_of_single_recordings_in_earlier_versions_are_left_out() -> None:
    changes: Changes = {
        "metrics/segment.json": {
            "segments": {"old": 1000, "new": 1200, "diff": 200},
            "by_recording.r0123456789.words": {"old": 1, "new": 2, "diff": 1},
            "by_recording.r0123456789.seconds": {"old": 1.0, "new": None},
            "wrong_times.r0123456789.shift": {"old": 1.0, "new": None},
        },
        "metrics/finetune.json": {"precision": {"old": "float32", "new": None}},
    }
    text = metrics_markdown(changes, "main")
    assert "2 metrics differ from main" in text
    assert table_rows(text)[1:] == [
        ("metrics/finetune.json", "precision", "float32", "-", ""),
        ("metrics/segment.json", "segments", "1,000", "1,200", "+200"),
    ]
    assert "r0123456789" not in text
