"""The folders that `make setup` closes, and the place of DVC's state database."""

from __future__ import annotations

from pathlib import Path
from stat import S_IMODE

import pytest
from configobj import ConfigObj

from stages.common.core.errors import UserError
from stages.common.core.private_folders import PRIVATE_FOLDERS, close_private_folders, set_up
from stages.common.core.run_stage import run_stage


def clone_in(folder: Path) -> Path:
    (folder / ".dvc").mkdir(parents=True)
    return folder


def site_cache(clone: Path) -> str:
    return str(ConfigObj(str(clone / ".dvc" / "config.local"))["core"]["site_cache_dir"])


def modes(clone: Path) -> set[int]:
    return {S_IMODE((clone / name).stat().st_mode) for name in PRIVATE_FOLDERS}


def test_set_up_twice_and_after_a_move(tmp_path: Path) -> None:
    clone = clone_in(tmp_path / "clone")
    config = clone / ".dvc" / "config.local"
    config.write_text("# ours\n[remote \"team\"]\n    password = 'a#b'\n")
    config.chmod(0o644)
    set_up(clone)
    first = config.read_text()
    assert first.startswith("# ours\n[remote \"team\"]\n    password = 'a#b'\n")
    assert (
        site_cache(clone) == str(clone / ".dvc/site-cache")
        and S_IMODE(config.stat().st_mode) == 0o600
    )
    set_up(clone)
    assert config.read_text() == first
    moved = clone.rename(tmp_path / "moved")
    set_up(moved)
    assert site_cache(moved) == str(moved / ".dvc/site-cache")
    assert len((moved / ".dvc" / "config.local").read_text().splitlines()) == 5


def test_a_place_that_the_user_chose_is_kept(tmp_path: Path) -> None:
    clone = clone_in(tmp_path)
    (clone / ".dvc" / "config.local").write_text("[core]\n    site_cache_dir = /encrypted/dvc\n")
    set_up(clone)
    assert site_cache(clone) == "/encrypted/dvc"


def test_a_damaged_configuration_is_one_line(tmp_path: Path) -> None:
    clone = clone_in(tmp_path)
    (clone / ".dvc" / "config.local").write_text("<<<<<<< ours\n")
    with pytest.raises(UserError, match=r"config\.local: not a configuration of DVC"):
        set_up(clone)


def test_a_stage_closes_what_others_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As DVC under umask 022 does, which ran before `make setup` knew of modes."""
    clone = clone_in(tmp_path)
    set_up(clone)
    for name in PRIVATE_FOLDERS:
        (clone / name).chmod(0o755)
    monkeypatch.setenv("DVC_ROOT", str(clone))
    run_stage("of no pipeline", lambda: None)
    assert modes(clone) == {0o700}


def test_other_folders_are_left_alone(tmp_path: Path) -> None:
    """No clone of Attune: `data` is anybody's."""
    (tmp_path / "data").mkdir(mode=0o755)
    (tmp_path / "data").chmod(0o755)
    close_private_folders(tmp_path)
    assert S_IMODE((tmp_path / "data").stat().st_mode) == 0o755
