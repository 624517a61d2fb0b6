"""What `attune serve` says before it listens."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from service.run import serve
from service.settings import read_settings
from stages.common.core.errors import UserError
from tests.support.processes import ROOT
from tests.support.service import served


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(ROOT / "params.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)


def test_other_machines_need_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATTUNE_API_KEY", raising=False)
    with pytest.raises(UserError, match="set ATTUNE_API_KEY"):
        serve("0.0.0.0", 8000)


def test_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHISPER_MODEL", "models/nothing")
    with pytest.raises(UserError, match="models/nothing"):
        serve("127.0.0.1", 8000)


@pytest.mark.parametrize("value", ["many", "0", "-3", "nan", "1e99"])
def test_all_wrong_limits_in_one_message(value: str) -> None:
    environment: Mapping[str, str] = {"ATTUNE_MAX_MB": value, "ATTUNE_MAX_REQUESTS": value}
    with pytest.raises(UserError) as error:
        read_settings(environment)
    lines = str(error.value).splitlines()
    assert [line.split(":")[0] for line in lines] == ["ATTUNE_MAX_MB", "ATTUNE_MAX_REQUESTS"]


def test_a_type_that_the_processor_lacks(tmp_path: Path, tiny_en: Path) -> None:
    with served(tmp_path / "run", tiny_en, WHISPER_COMPUTE_TYPE="float16") as service:
        assert "WHISPER_COMPUTE_TYPE=float16: this cpu supports only" in service.log
