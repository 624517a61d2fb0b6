"""One workspace in which everything has run once; each test works in a copy of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from tests.support.workspace import git, make_workspace, repro


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Made once, by the first worker that needs it, and only read; its metrics and `dvc.lock` are
    committed."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "finished"
    with FileLock(shared.with_suffix(".lock")):
        if not (shared / "complete").exists():
            shutil.rmtree(shared, ignore_errors=True)
            _finish(shared / "project")
            (shared / "complete").touch()
    return shared / "project"


def _finish(folder: Path) -> None:
    make_workspace(folder)
    ran = repro(folder)
    assert ran[-1] == "report" and len(ran) == 9, ran
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "First run")


@pytest.fixture
def project(finished: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy to change."""
    folder = tmp_path / "project"
    shutil.copytree(finished, folder, symlinks=True)
    yield folder
    shutil.rmtree(folder)
