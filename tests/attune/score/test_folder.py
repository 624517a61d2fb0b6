"""`attune score` on folders that hold no whole model."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from attune.score.folder import score_folder
from stages.common.core.errors import UserError
from tests.support.mini_project import MiniProject


def cut_weights(model: Path) -> None:
    os.truncate(model / "model.bin", 1_000_000)


def empty_tokenizer(model: Path) -> None:
    (model / "tokenizer.json").write_text("{}")


def no_json(model: Path) -> None:
    (model / "config.json").write_text("{")


@pytest.mark.parametrize("damage", [cut_weights, empty_tokenizer, no_json])
def test_a_damaged_model_is_one_line(
    mini: MiniProject, tiny_en: Path, damage: Callable[[Path], None]
) -> None:
    shutil.copytree(tiny_en, "model")
    damage(Path("model"))
    line = r"model(: in CTranslate2's format it does not|/config.json: invalid JSON)"
    with pytest.raises(UserError, match=line) as error:
        score_folder(Path("model"), None)
    assert "\n" not in str(error.value)


def test_no_model(mini: MiniProject) -> None:
    with pytest.raises(UserError, match="none does not exist yet; run `dvc repro`"):
        score_folder(Path("none"), None)
