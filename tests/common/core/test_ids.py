"""The demo's key is public: own sessions need another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from attune.doctor.command import gather
from stages.common.core.errors import UserError
from stages.common.core.ids import check_key_is_secret, read_key
from stages.common.core.params import load_params
from tests.support.imports import ROOT
from tests.support.mini_project import MiniProject


def test_own_sessions_with_the_demos_key_are_an_error(tmp_path: Path) -> None:
    copied = tmp_path / "key"
    copied.write_text((ROOT / "demo/key").read_text() + "\n")
    for path in (ROOT / "demo/key", copied):
        with pytest.raises(UserError, match=r"public.*attune init"):
            check_key_is_secret(read_key(path), tmp_path)
    check_key_is_secret(read_key(copied), ROOT / "demo/sessions")
    check_key_is_secret(b"a key of somebody's own", tmp_path)


def test_doctor_refuses_the_demos_key(mini: MiniProject) -> None:
    (mini.root / "key").write_bytes((ROOT / "demo/key").read_bytes())
    with pytest.raises(UserError, match=re.escape("data.key: this is the demo's key")):
        gather(load_params())
