"""The long recording, and the demo's base to hear it with."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.common.asr.convert import to_ctranslate2
from tests.support.talk import LINES, Talk, join

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def talk() -> Talk:
    return join(list(LINES))


@pytest.fixture(scope="session")
def aligner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("aligner") / "base-ct2"
    to_ctranslate2(REPOSITORY / "demo" / "base", folder, "float32")
    return folder
