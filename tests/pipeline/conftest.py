"""One workspace in which everything has run once; each test works in a copy of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline.workspace import git, make_workspace, repro


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once and only read; its metrics and `dvc.lock` are committed."""
    folder = make_workspace(tmp_path_factory.mktemp("finished") / "project")
    ran = repro(folder)
    assert ran[-1] == "evaluate" and len(ran) == 8, ran
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "First run")
    return folder


@pytest.fixture
def project(finished: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy to change."""
    folder = tmp_path / "project"
    shutil.copytree(finished, folder, symlinks=True)
    yield folder
    shutil.rmtree(folder)
