"""Fixtures that several folders of tests share, and the order in which files run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.long_recording import LongRecording
    from tests.support.mini_project import MiniProject


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The slow files begin first, so that no worker is left alone with them at the end.
    items.sort(key=lambda item: item.get_closest_marker("pipeline") is None)


@pytest.fixture
def mini(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MiniProject:
    """A folder with parameters, a key and an empty sessions folder, as working directory."""
    from tests.support.mini_project import MiniProject

    monkeypatch.chdir(tmp_path)
    mini = MiniProject(tmp_path)
    mini.prepare()
    return mini


@pytest.fixture(scope="session")
def long_recording() -> LongRecording:
    """The long recording in two voices."""
    from tests.support.long_recording import LINES, concatenate

    return concatenate(list(LINES))


@pytest.fixture(scope="session")
def tiny_en(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Whisper tiny.en, as `open_model` takes it."""
    from transformers import WhisperFeatureExtractor

    from tests.support.real_whisper import real_whisper

    folder = tmp_path_factory.mktemp("tiny.en") / "base-ct2"
    folder.mkdir()
    for path in real_whisper("tiny.en").iterdir():
        (folder / path.name).symlink_to(path.resolve())
    if not (folder / "preprocessor_config.json").exists():
        WhisperFeatureExtractor(feature_size=80).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def aligner(tiny_en: Path) -> Path:
    return tiny_en


@pytest.fixture(scope="session")
def multilingual_80(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny multilingual Whisper with random weights and 80 mels, in transformers' form."""
    from tests.support.whisper_models import tiny_multilingual

    return tiny_multilingual(tmp_path_factory.mktemp("models") / "v2", mels=80)


@pytest.fixture(scope="session")
def multilingual_128(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.support.whisper_models import tiny_multilingual

    return tiny_multilingual(tmp_path_factory.mktemp("models") / "v3", mels=128)


@pytest.fixture(scope="session")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.support.whisper_models import tiny_english

    return tiny_english(tmp_path_factory.mktemp("models") / "en")
