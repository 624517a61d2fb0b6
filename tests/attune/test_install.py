"""`make setup`'s last step for real: the installed `attune`, and which folder's code it runs."""

from __future__ import annotations

import shutil
import site
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.imports import ROOT

pytestmark = pytest.mark.pipeline


@pytest.fixture(scope="module")
def bin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with this one's packages and the repository installed in it."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "zz.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install", "--quiet",
         "--no-deps", "--no-build-isolation", "--editable", ROOT],
        check=True,
    )  # fmt: skip
    return folder / "bin"


def run(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env={"PATH": ""}, capture_output=True, text=True)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Another clone, whose code differs."""
    shutil.copy(ROOT / "params.yaml", tmp_path)
    for package in ("attune", "stages"):
        shutil.copytree(ROOT / package, tmp_path / package, symlinks=True)
    module = tmp_path / "attune" / "summary.py"
    module.write_text(module.read_text().replace("no metrics yet", "nothing measured yet"))
    return tmp_path


def test_the_installed_command_imports_the_stages(bin_folder: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / "params.yaml", tmp_path)
    done = run(tmp_path, bin_folder / "attune", "summary")
    assert done.returncode == 2 and done.stderr.startswith("summary: no metrics yet"), done.stderr
    listed = run(tmp_path, bin_folder / "attune", "profile", "demo", "--check")
    assert listed.returncode == 0, listed.stderr


def test_it_refuses_to_run_one_clones_code_on_another(bin_folder: Path, clone: Path) -> None:
    done = run(clone, bin_folder / "attune", "summary")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "was installed from another clone; use `python -m attune`" in done.stderr


def test_as_a_module_it_is_the_folders_own_code(bin_folder: Path, clone: Path) -> None:
    done = run(clone, bin_folder / "python", "-m", "attune", "summary")
    assert done.returncode == 2 and done.stderr.startswith("summary: nothing measured yet")
