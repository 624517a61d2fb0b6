"""An export is a cached repository of the hub, as speaches looks for its models."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import huggingface_hub
import numpy as np
import pytest
from faster_whisper import WhisperModel

from attune.export import export_speaches
from stages.common.core.errors import UserError
from tests.support.imports import ROOT

NAME = "clinic/whisper-2027-q1"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny_en: Path) -> Path:
    """The cache to export to, beside a tuned model."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").mkdir()
    shutil.copytree(tiny_en, tmp_path / "models/ct2")
    shutil.copy(ROOT / "params.yaml", tmp_path)
    return tmp_path / "hub"


def test_speaches_finds_it(cache: Path) -> None:
    export_speaches(cache, NAME)
    found = huggingface_hub.scan_cache_dir(cache)
    assert not found.warnings
    (repository,) = found.repos
    (revision,) = repository.revisions
    assert (repository.repo_id, repository.repo_type) == (NAME, "model") and revision.refs == {
        "main"
    }
    card = huggingface_hub.ModelCard.load(revision.snapshot_path / "README.md").data
    assert (card.library_name, card.pipeline_tag) == ("ctranslate2", "automatic-speech-recognition")
    assert {card.library_name, card.pipeline_tag} == set(card.tags) and card.language == ["en"]


def test_faster_whisper_opens_it_by_its_name(cache: Path) -> None:
    """Without a connection, as with HF_HUB_OFFLINE=1."""
    export_speaches(cache, NAME)
    model = WhisperModel(NAME, device="cpu", download_root=str(cache), local_files_only=True)
    assert not list(model.transcribe(np.zeros(16_000, np.float32), language="en", temperature=0)[0])


def test_another_export_replaces_the_first(cache: Path) -> None:
    export_speaches(cache, NAME)
    (before,) = (cache / "models--clinic--whisper-2027-q1/snapshots").iterdir()
    Path("models/ct2/config.json").write_text("{}")
    export_speaches(cache, NAME)
    (after,) = (cache / "models--clinic--whisper-2027-q1/snapshots").iterdir()
    assert before.name != after.name and re.fullmatch("[0-9a-f]{40}", after.name)


@pytest.mark.parametrize("name", ["whisper", "a/b/c", "a/", "a/..", "../a", "a/b--c", "a b/c", ""])
def test_a_name_that_is_no_repository(cache: Path, name: str) -> None:
    with pytest.raises(UserError, match="OWNER/MODEL"):
        export_speaches(cache, name)
    assert not cache.exists()


def test_without_a_model(cache: Path) -> None:
    Path("models/ct2/tokenizer.json").unlink()
    with pytest.raises(UserError, match=r"tokenizer\.json is missing"):
        export_speaches(cache, NAME)
    shutil.rmtree("models/ct2")
    with pytest.raises(UserError, match="run `dvc repro`"):
        export_speaches(cache, NAME)
    assert not cache.exists()
