"""A project in which the whole pipeline has run once; each test works in a copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from stages.common.core.private_folders import set_up
from tests.support.dvc_project import git, make_project, repro, trace_of
from tests.support.trace import why_untraced


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The project after its first run, committed. Made by one worker; no test changes it."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "finished"
    with FileLock(shared.with_suffix(".lock")):
        if not (shared / "complete").exists():
            shutil.rmtree(shared, ignore_errors=True)
            _finish(shared / "project")
            (shared / "complete").touch()
    return shared / "project"


def _finish(folder: Path) -> None:
    make_project(folder)
    trace = trace_of(folder) if not why_untraced() else None
    ran = repro(folder, trace=trace, warm=False)
    assert ran[-1] == "report" and len(ran) == 9, ran
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "First run")


@pytest.fixture
def project(finished: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy to change."""
    folder = tmp_path / "project"
    shutil.copytree(finished, folder, symlinks=True)
    set_up(folder)
    yield folder
    shutil.rmtree(folder)
