"""`attune profile NAME --base FOLDER`: a profile with a base model on disk."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from stages.common.core.params import load_params
from stages.fetch_base.whisper_files import folder_digest
from tests.attune.test_commands import call
from tests.support.converted import convert
from tests.support.imports import ROOT


@pytest.fixture
def place(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "params.yaml", tmp_path)
    return tmp_path


def test_the_base_is_the_folder_at_its_digest(
    place: Path, tmp_path: Path, multilingual_80: Path
) -> None:
    folder = convert(multilingual_80, tmp_path / "whisper-ct2", "float16")
    call(place, "profile", "small")
    plain = load_params(place / "params.yaml")
    done = call(place, "profile", "small", "--base", str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    params = load_params(place / "params.yaml")
    assert (params.base.model, params.base.revision) == (str(folder), folder_digest(folder))
    assert params.base.quantization == plain.base.quantization
    assert params.finetune == plain.finetune
    assert call(place, "profile", "small", "--base", str(folder), "--check").returncode == 0
    assert call(place, "profile", "small", "--check").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--base", "/m"], "profile: name a profile too: `attune profile NAME --base /m`\n"),
        (["small", "--base", "/nowhere"], "profile: /nowhere: not a folder\n"),
    ],
)
def test_faults(place: Path, arguments: list[str], message: str) -> None:
    before = (place / "params.yaml").read_bytes()
    done = call(place, "profile", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)
    assert (place / "params.yaml").read_bytes() == before


def test_a_quantized_model_is_refused(place: Path, tmp_path: Path, multilingual_80: Path) -> None:
    folder = convert(multilingual_80, tmp_path / "whisper-ct2", "int8")
    done = call(place, "profile", "small", "--base", str(folder))
    assert done.returncode == 2 and "quantized to int8" in done.stderr
    assert done.stderr.count("\n") == 1
