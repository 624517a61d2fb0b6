"""Every test here works in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.workplace import Workplace


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    monkeypatch.chdir(tmp_path)
    workplace = Workplace(tmp_path)
    workplace.prepare()
    return workplace
