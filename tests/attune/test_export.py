"""An export is a cached repository of the hub, as speaches looks for its models."""

from __future__ import annotations

import errno
import re
import shutil
from pathlib import Path

import huggingface_hub
import numpy as np
import pytest
from faster_whisper import WhisperModel

from attune.export import export_speaches
from stages.common.core.errors import UserError
from stages.common.dataset.model_card import BaseModel, TrainingData, corpora_of, model_card
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


def test_the_models_card_goes_with_it(cache: Path) -> None:
    """Also in place of an export before, whose card was another."""
    export_speaches(cache, NAME)
    data = TrainingData(9, 2, 0.1, {"daic-woz": 2})
    Path("models/ct2/README.md").write_text(model_card("ctranslate2", "en", BaseModel(), data))
    export_speaches(cache, NAME)
    (card,) = repository_of(cache).rglob("README.md")
    assert card.read_text() == Path("models/ct2/README.md").read_text()
    assert corpora_of(card.parent) == ["daic-woz"]
    export_speaches(cache, NAME)


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


@pytest.mark.parametrize(
    "name",
    [
        "whisper",
        "a/b/c",
        "a/",
        "a/..",
        "../a",
        "a/b--c",
        "a b/c",
        "",
        "a/b.git",
        "a/b..c",
        "a/b.",
        "a/" + "b" * 97,
    ],
)
def test_a_name_that_is_no_repository(cache: Path, name: str) -> None:
    with pytest.raises(UserError, match="OWNER/MODEL"):
        export_speaches(cache, name)
    assert not cache.exists()


def repository_of(cache: Path) -> Path:
    return cache / "models--clinic--whisper-2027-q1"


def refused(cache: Path) -> str:
    """The message, of one line; nothing half-written is left."""
    with pytest.raises(UserError) as error:
        export_speaches(cache, NAME)
    message = str(error.value)
    assert "\n" not in message and not list(Path.cwd().rglob(".models--*"))
    return message


@pytest.mark.parametrize(
    "card", ["---\nlibrary_name: ctranslate2\n---\nFine-tuned elsewhere.\n", None, b"\xff"]
)
def test_a_foreign_repository_is_kept(cache: Path, card: str | bytes | None) -> None:
    snapshot = repository_of(cache) / "snapshots/main"
    snapshot.mkdir(parents=True)
    (snapshot / "model.bin").write_text("weights")
    if card is not None:
        (snapshot / "README.md").write_bytes(card if isinstance(card, bytes) else card.encode())
    assert "which Attune did not export" in refused(cache)
    assert (snapshot / "model.bin").read_text() == "weights"


def test_a_foreign_snapshot_beside_an_export_is_kept(cache: Path) -> None:
    export_speaches(cache, NAME)
    (repository_of(cache) / "snapshots/other").mkdir()
    assert "which Attune did not export" in refused(cache)


def test_an_export_in_another_language_is_replaced(cache: Path) -> None:
    export_speaches(cache, NAME)
    (card,) = repository_of(cache).rglob("README.md")
    card.write_text(card.read_text().replace("[en]", "[de]"))
    export_speaches(cache, NAME)
    assert "[en]" in card.read_text()


@pytest.mark.parametrize("link", [True, False])
def test_a_file_or_link_in_its_place_is_kept(cache: Path, link: bool) -> None:
    cache.mkdir()
    target, elsewhere = repository_of(cache), cache / "elsewhere"
    elsewhere.mkdir()
    if link:
        target.symlink_to(elsewhere)
    else:
        target.write_text("kept")
    assert "a file or a link" in refused(cache)
    assert target.is_symlink() if link else target.read_text() == "kept"


@pytest.mark.parametrize(
    "folder",
    ["file", "file/hub", "loop", "loop/hub", "dangling", "/proc/x", "a" * 300, "a/" * 3000],
)
def test_a_folder_that_cannot_be_written(cache: Path, folder: str) -> None:
    Path("file").write_text("kept")
    Path("loop").symlink_to("loop")
    Path("dangling").symlink_to("nowhere")
    assert "the model cannot be written there" in refused(Path(folder))
    assert Path("file").read_text() == "kept" and not Path("nowhere").exists()


@pytest.mark.parametrize("folder", ["models/ct2", "models/ct2/hub", "link"])
def test_not_into_the_model_itself(cache: Path, folder: str) -> None:
    before = sorted(Path("models").rglob("*"))
    Path("link").symlink_to("models/ct2")
    assert "the tuned model itself" in refused(Path(folder))
    assert sorted(Path("models").rglob("*")) == before


def test_a_full_disk(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The earlier export stays."""
    export_speaches(cache, NAME)

    def fail(source: Path, target: Path) -> None:
        target.mkdir(parents=True)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", fail)
    assert "(No space left on device)" in refused(cache)
    assert list(repository_of(cache).rglob("model.bin"))


def test_without_a_model(cache: Path) -> None:
    Path("models/ct2/tokenizer.json").unlink()
    with pytest.raises(UserError, match=r"tokenizer\.json is missing"):
        export_speaches(cache, NAME)
    shutil.rmtree("models/ct2")
    with pytest.raises(UserError, match="models/ct2 does not exist yet; run `dvc repro`"):
        export_speaches(cache, NAME)
    assert not cache.exists()
