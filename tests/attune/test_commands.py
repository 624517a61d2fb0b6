"""The small commands: profiles, turning to one's own recordings, the screen."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from difflib import ndiff
from pathlib import Path

import pytest

from attune.summary import NAMES
from stages.common.core.metrics import write_metrics
from stages.common.core.params import load_params
from tests.support.imports import ROOT

PROFILES = sorted(path.stem for path in (ROOT / "stages" / "profiles").glob("*.yaml"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "params.yaml", tmp_path)
    (tmp_path / "data").mkdir()
    return tmp_path


def call(place: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", f"stages.{module}", *arguments],
        cwd=place,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_shows_its_difference_and_is_valid(place: Path, name: str) -> None:
    before = (place / "params.yaml").read_text()
    dry = call(place, "profile", name, "--dry")
    assert (place / "params.yaml").read_text() == before
    applied = call(place, "profile", name)
    assert applied.returncode == 0 and applied.stdout == dry.stdout
    load_params(place / "params.yaml")
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
    assert check.returncode == 1 and "attune.profile demo" in check.stderr


def test_few_shot_is_ten_epochs_at_5e_6(place: Path) -> None:
    call(place, "profile", "few_shot")
    params = load_params(place / "params.yaml").finetune
    assert (params.num_train_epochs, params.learning_rate) == (10, 5e-6)


def test_an_unknown_profile(place: Path) -> None:
    done = call(place, "profile", "huge")
    assert done.returncode == 1
    assert "no profile 'huge'; there are cpu, demo, few_shot, small" in done.stderr


def test_own_makes_one_key_and_keeps_it(place: Path) -> None:
    assert "made data/key" in call(place, "own").stdout
    key = (place / "data" / "key").read_bytes()
    assert len(key) > 60 and (place / "data" / "key").stat().st_mode & 0o077 == 0
    assert load_params(place / "params.yaml").data.key == "data/key"
    assert "is there already" in call(place, "own", "elsewhere").stdout
    assert (place / "data" / "key").read_bytes() == key
    assert load_params(place / "params.yaml").data.sessions == "elsewhere"


def test_own_makes_no_second_key_for_a_team(place: Path) -> None:
    (place / "data" / "key.dvc").write_text("outs: []\n")
    done = call(place, "own")
    assert done.returncode == 1 and "dvc pull data/key" in done.stderr
    assert not (place / "data" / "key").exists()


def test_the_screen_says_what_is_missing(place: Path) -> None:
    done = call(place, "summary")
    assert done.returncode == 1
    assert all(name in done.stderr for name in NAMES)


def test_metrics_take_numbers_and_words_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_metrics("one", {"wer": 1 / 3, "counts": {"a": 2}, "style": "spoken"})
    assert '"wer": 0.3333' in Path("metrics/one.json").read_text()
    with pytest.raises(TypeError, match="not list"):
        write_metrics("one", {"lists": [1, 2]})
