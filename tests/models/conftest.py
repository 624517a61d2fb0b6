"""Tiny models, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.whisper_models import tiny_english, tiny_multilingual


@pytest.fixture(scope="session")
def multilingual_80(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_multilingual(tmp_path_factory.mktemp("models") / "v2", mels=80)


@pytest.fixture(scope="session")
def multilingual_128(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_multilingual(tmp_path_factory.mktemp("models") / "v3", mels=128)


@pytest.fixture(scope="session")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_english(tmp_path_factory.mktemp("models") / "en")
