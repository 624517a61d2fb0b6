"""A project to review as working directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.review import ReviewProject


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReviewProject:
    monkeypatch.chdir(tmp_path)
    made = ReviewProject(tmp_path)
    made.prepare()
    return made
