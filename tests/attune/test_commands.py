"""`attune profile`, `attune init` and `attune summary`."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from difflib import ndiff
from pathlib import Path

import pytest

from attune.init import init
from attune.profile import PROFILES
from attune.summary import NAMES
from stages.common.core.errors import UserError
from stages.common.core.params import load_params
from tests.support.git_repository import git
from tests.support.imports import ROOT

NAMES_OF_PROFILES = sorted(path.stem for path in PROFILES.glob("*.yaml"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "params.yaml", tmp_path)
    (tmp_path / "data").mkdir()
    return tmp_path


def call(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "attune", *arguments],
        cwd=place,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
    )


def test_profiles_are_listed_with_a_line_each(place: Path) -> None:
    done = call(place, "profile")
    assert done.returncode == 0
    listed = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    profiles = ["base", "cpu", "demo", "distil", "few_shot", "large", "small", "tiny"]
    assert [name for name, _ in listed] == profiles == NAMES_OF_PROFILES
    assert all(not about.startswith("#") for _, about in listed)


@pytest.mark.parametrize("name", NAMES_OF_PROFILES)
def test_a_profile_shows_its_difference_and_is_valid(place: Path, name: str) -> None:
    before = (place / "params.yaml").read_text()
    dry = call(place, "profile", name, "--dry")
    assert (place / "params.yaml").read_text() == before
    applied = call(place, "profile", name)
    assert applied.returncode == 0 and applied.stdout == dry.stdout
    params = load_params(place / "params.yaml")
    assert params.normalize.style == "auto"
    assert {"punctuation_f1", "capitalization_f1"} <= params.evaluate.gates.keys()
    if name == "demo":
        assert "already" in applied.stdout
        return
    changed = re.findall(r"^\+( .*)", applied.stdout, re.MULTILINE)
    after = (place / "params.yaml").read_text()
    assert changed == [
        line[2:] for line in ndiff(before.splitlines(), after.splitlines()) if line[:2] == "+ "
    ]
    assert call(place, "profile", name, "--check").returncode == 0
    check = call(place, "profile", "demo", "--check")
    assert (check.returncode, check.stdout) == (1, "")
    assert "`attune profile demo` would change" in check.stderr
    assert (place / "params.yaml").read_text() == after


def test_few_shot_is_ten_epochs_at_5e_6(place: Path) -> None:
    call(place, "profile", "few_shot")
    params = load_params(place / "params.yaml").finetune
    assert (params.num_train_epochs, params.learning_rate) == (10, 5e-6)


def test_an_unknown_profile(place: Path) -> None:
    done = call(place, "profile", "huge")
    assert done.returncode == 2
    assert "no profile 'huge'; choose one of base, cpu, demo, distil" in done.stderr


def test_a_profile_leaves_invalid_parameters_alone(place: Path) -> None:
    path = place / "params.yaml"
    path.write_text(path.read_text().replace("  beam_size: ", "  beam_sise: "))
    before = path.read_text()
    done = call(place, "profile", "small")
    assert done.returncode == 2 and "profile: params.yaml: " in done.stderr
    assert "evaluate.beam_sise" in done.stderr and ".params.new.yaml" not in done.stderr
    assert path.read_text() == before and not (place / ".params.new.yaml").exists()


@pytest.mark.parametrize(
    ("command", "text", "fault"),
    [
        ("profile small", "", "it is empty"),
        ("init", "a:\n\tb: 1\n", "invalid YAML in line 2"),
        ("profile small", "a: 1\na: 2\n", "a key that stands twice"),
        ("summary", ">>>>>>> theirs\na: 1\n", "a merge conflict in line 1"),
        ("summary", "a: é\n", "params.yaml: not UTF-8"),
        ("init", "a: é\n", "not UTF-8 in line 1"),
    ],
)
def test_damaged_parameters_are_one_line(place: Path, command: str, text: str, fault: str) -> None:
    shutil.copytree(ROOT / "metrics", place / "metrics")
    (place / "params.yaml").write_text(text, encoding="latin-1")
    done = call(place, *command.split())
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert fault in done.stderr
    assert (place / "params.yaml").read_text(encoding="latin-1") == text


def test_parameters_without_sections_are_one_line(place: Path) -> None:
    (place / "params.yaml").write_text("finetune: fast")
    done = call(place, "profile", "small")
    assert (done.returncode, done.stdout) == (2, "") and done.stderr.count("\n") == 1
    assert "params.yaml: not YAML with sections" in done.stderr


def test_init_makes_one_key_and_keeps_it(place: Path) -> None:
    assert "created data/key" in call(place, "init").stdout
    key = (place / "data" / "key").read_bytes()
    assert len(key) > 60 and (place / "data" / "key").stat().st_mode & 0o077 == 0
    assert load_params(place / "params.yaml").data.key == "data/key"
    assert "exists and is kept" in call(place, "init", "elsewhere").stdout
    assert (place / "data" / "key").read_bytes() == key
    assert load_params(place / "params.yaml").data.sessions == "elsewhere"
    for part in ("audio", "transcripts"):
        assert (place / "elsewhere" / part).is_dir()


def test_init_takes_no_folder_that_git_would_commit(
    place: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    before = (place / "params.yaml").read_bytes()
    git(place, "init", "-q")
    (place / ".gitignore").write_text("kept/\n")
    other = tmp_path_factory.mktemp("other")
    git(other, "init", "-q")
    (place / "link").symlink_to(other)
    for folder in ("recordings", ".", "data", str(other / "sessions"), "link/sessions"):
        with pytest.raises(UserError, match="repository"):
            init(folder)
        assert (place / "params.yaml").read_bytes() == before and not (place / "data/key").exists()
    outside = tmp_path_factory.mktemp("outside") / "sessions"
    for folder in ("kept/sessions", str(outside)):
        init(folder)
        assert load_params(place / "params.yaml").data.sessions == folder


def test_init_leaves_a_teams_recordings_to_dvc(place: Path) -> None:
    (place / "data" / "sessions.dvc").write_text("outs: []\n")
    assert "dvc pull" in call(place, "init").stdout
    assert not (place / "data" / "sessions").exists()


def test_init_makes_no_second_key_for_a_team(place: Path) -> None:
    (place / "data" / "key.dvc").write_text("outs: []\n")
    done = call(place, "init")
    assert done.returncode == 2 and "dvc pull data/key" in done.stderr
    assert not (place / "data" / "key").exists()


def test_the_summary_names_what_is_missing(place: Path) -> None:
    done = call(place, "summary")
    assert done.returncode == 2
    assert all(name in done.stderr for name in NAMES)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "no 'recordings' in the metrics"),
        ("<<<<<<< ours", "metrics/segment.json: a merge conflict in line 1"),
        ("", "metrics/segment.json is not a JSON object"),
        ("[]", "metrics/segment.json is not a JSON object"),
        ('{"recordings": "many", "notices": 3}', "notices, recordings: not of the expected kind"),
        ('{"recordings": null}', "a metric is not of the expected kind"),
    ],
)
def test_the_summary_of_other_metrics_is_one_line(place: Path, text: str, message: str) -> None:
    shutil.copytree(ROOT / "metrics", place / "metrics")
    (place / "metrics" / "segment.json").write_text(text)
    done = call(place, "summary")
    assert (done.returncode, done.stdout) == (2, "") and done.stderr.count("\n") == 1
    assert message in done.stderr


def test_the_summary_has_case_and_punctuation_where_they_are_measured(place: Path) -> None:
    shutil.copytree(ROOT / "metrics", place / "metrics")
    written = {"punctuation_f1": 0.8, "capitalization_f1": 0.9}
    for wer in (0.4, None):
        for name in ("baseline", "evaluate"):
            path = place / "metrics" / f"{name}.json"
            row = json.loads(path.read_text()) | written | {"wer_written": wer}
            path.write_text(json.dumps(row))
        lines = call(place, "summary").stdout.splitlines()
        found = [line.split()[-2:] for line in lines if line.startswith(("WER with case", "F1 of"))]
        assert found == ([["40.0%", "40.0%"], ["0.80", "0.80"], ["0.90", "0.90"]] if wer else [])


def test_the_summary_tells_the_error_rate_of_the_transcripts(place: Path) -> None:
    shutil.copytree(ROOT / "metrics", place / "metrics")
    path = place / "metrics" / "segment.json"
    for rate, low in ((0.031, 0.012), (0.031, None), (None, None)):
        keys = {"": rate, "_low": low, "_high": low and 0.05}
        row = {f"transcript_error_rate{limit}": value for limit, value in keys.items()}
        path.write_text(json.dumps(json.loads(path.read_text()) | row))
        interval = "1.2% to 5.0%" if low else "too few recordings for an interval"
        words = "the transcripts' words wrong or missing"
        line = f"Labels      about 3.1% of {words} (95 % CI: {interval})"
        found = [line for line in call(place, "summary").stdout.splitlines() if "Labels" in line]
        assert found == ([line] if rate else [])


def test_the_summary_tells_the_share_of_training_only(place: Path) -> None:
    shutil.copytree(ROOT / "metrics", place / "metrics")
    path = place / "metrics" / "dataset.json"
    before = call(place, "summary").stdout.splitlines()
    for number in (0, 12):
        extra = {"train_only_recordings": number, "train_only_share": number / 40}
        path.write_text(json.dumps(json.loads(path.read_text()) | extra))
        lines = call(place, "summary").stdout.splitlines()
        added = [line for line in lines if line not in before]
        told = "            12 of them for training only, 30.0% of the time"
        assert added == ([told] if number else [])
    assert lines[lines.index(told) - 1].startswith("Train ")


def test_the_summary_of_the_committed_metrics(place: Path) -> None:
    shutil.copytree(ROOT / "metrics", place / "metrics")
    done = call(place, "summary")
    assert (done.returncode, done.stderr) == (0, "")
    labels = ["Input", "Dropped", "Train", "Validation", "Test", "Training", "Conversion", "WER",
              "Substitutions", "Hallucinated", "Gates", "Model", "Report", "Errors"]  # fmt: skip
    assert not set(labels) - {line.split()[0] for line in done.stdout.splitlines() if line.strip()}
    assert max(map(len, done.stdout.splitlines())) <= 100
