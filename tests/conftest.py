"""Fixtures that several folders of tests share, and the order in which files run."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.long_recording import LongRecording
    from tests.support.mini_project import MiniProject


# Collection imports all the libraries and makes thousands of tests, none of it garbage: a third of
# its CPU time went into looking for some.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    """Slow files begin first, so that no worker is left alone with them at the end: the shortest
    that makes the finished project, then those that need none while it is made. The rooms of many
    short files end the run."""
    if item.path.name == "test_privacy.py":
        return 0
    if item.get_closest_marker("pipeline") is None:
        return 3 if item.path.parent.name in ("finetune", "service") else 4
    return 2 if "finished" in getattr(item, "fixturenames", ()) else 1


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
    """Whisper tiny.en in int8, as `fetch_base` converts it for the demo."""
    from stages.common.asr.convert import to_ctranslate2
    from stages.fetch_base.from_ctranslate2 import to_transformers
    from stages.fetch_base.generation import complete_generation
    from tests.support.real_whisper import real_whisper

    folder = tmp_path_factory.mktemp("tiny.en")
    (folder / "base").mkdir()
    to_transformers(real_whisper("tiny.en"), folder / "base")
    complete_generation(folder / "base")
    to_ctranslate2(folder / "base", folder / "base-ct2", "int8")
    return folder / "base-ct2"


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
