"""`fetch_base` from a local folder."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import stages.fetch_base.__main__
from stages.common.core.errors import UserError
from stages.common.core.params import Base
from stages.common.dataset.model_card import (
    CARD,
    BaseModel,
    TrainingData,
    model_card,
    read_base_card,
)
from stages.fetch_base.hub import check_id
from stages.fetch_base.whisper_files import check_pin, choose_files, folder_digest, model_files
from stages.fetch_base.whole_files import is_whole
from tests.support.processes import contents, error_line, fetch_base, write_params


@pytest.fixture
def model(english: Path, tmp_path: Path) -> Path:
    """A copy of the English-only Whisper, for a test to damage."""
    folder = tmp_path / "model"
    shutil.copytree(english, folder)
    return folder


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def test_a_folder_is_copied_and_converted(model: Path, work: Path, english: Path) -> None:
    (model / "training_args.bin").write_bytes(b"not a Whisper's")
    (model / "runs").mkdir()
    data = TrainingData(1, 1, 1.0, {"daic-woz": 1})
    (model / CARD).write_text(model_card("transformers", "en", data=data))
    revision = folder_digest(model)
    write_params(work, str(model), revision)
    run = fetch_base(work)
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    assert f"{model} at {revision[:8]}: " in run.stdout
    assert read_base_card(work / "models/base") == BaseModel("", revision, ("daic-woz",))
    (work / "models/base" / CARD).unlink()
    assert contents(work / "models/base") == contents(english)
    converted = contents(work / "models/base-ct2")
    assert set(converted) == {
        "config.json",
        "model.bin",
        "preprocessor_config.json",
        "tokenizer.json",
        "vocabulary.json",
    }
    # As a user may keep it: links to another place.
    store = model.parent / "store"
    shutil.move(model, store)
    model.mkdir()
    for path in store.iterdir():
        (model / path.name).symlink_to(path)
    again = fetch_base(work)
    assert again.returncode == 0, again.stderr
    assert contents(work / "models/base-ct2") == converted
    assert not any(path.is_symlink() for path in (work / "models/base").iterdir())


def test_the_message_of_a_mismatch_has_the_actual_digest(model: Path, work: Path) -> None:
    write_params(work, str(model), "unset")
    message = error_line(fetch_base(work))
    assert f"`base.revision: {folder_digest(model)}`" in message
    assert not (work / "models").exists()
    printed = fetch_base(work, "--digest", str(model))
    assert printed.stdout == f"{folder_digest(model)}\n"


def test_digest_equals_sha256sums(model: Path) -> None:
    (model / "notes.txt").write_text("not a Whisper's", encoding="utf-8")
    names = model_files(model)
    listed = subprocess.run(["sha256sum", *names], cwd=model, capture_output=True, check=True)
    total = subprocess.run(["sha256sum"], input=listed.stdout, capture_output=True, check=True)
    assert folder_digest(model) == total.stdout.decode()[:40]


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_digest_covers_names_and_contents(model: Path, name: str) -> None:
    before = folder_digest(model)
    with (model / name).open("ab") as content:
        content.write(b"\n")
    assert folder_digest(model) != before


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("config.json", "config.json is missing"),
        ("generation_config.json", "generation_config.json is missing"),
        ("tokenizer.json", "tokenizer.json is missing"),
        ("preprocessor_config.json", "preprocessor_config.json is missing"),
        ("model.safetensors", "model.safetensors is missing"),
    ],
)
def test_missing_file(model: Path, name: str, message: str) -> None:
    (model / name).unlink()
    with pytest.raises(UserError, match=message):
        model_files(model)


def test_broken_link(model: Path) -> None:
    (model / "model.safetensors").unlink()
    (model / "model.safetensors").symlink_to("/nowhere/at/all")
    with pytest.raises(UserError, match=r"model\.safetensors is not a file, or a broken link"):
        model_files(model)


def test_lfs_pointer(model: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    (model / "model.safetensors").write_text(pointer, encoding="utf-8")
    with pytest.raises(UserError, match="git-lfs pointer"):
        model_files(model)


@pytest.mark.parametrize("config", ['{"model_type": "wav2vec2"}', "{}"])
def test_not_a_whisper(model: Path, config: str) -> None:
    (model / "config.json").write_text(config, encoding="utf-8")
    with pytest.raises(UserError, match="is not a Whisper"):
        model_files(model)


@pytest.mark.parametrize("config", ["", "[]", "{"])
def test_damaged_config(model: Path, config: str) -> None:
    (model / "config.json").write_text(config, encoding="utf-8")
    with pytest.raises(UserError, match="the file is damaged"):
        model_files(model)


def test_weights_safetensors_before_pickles_one_file_before_shards() -> None:
    small = ["config.json", "generation_config.json", "tokenizer.json", "preprocessor_config.json"]
    shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    index = "model.safetensors.index.json"
    other = ["flax_model.msgpack", "model.fp32-00001-of-00002.safetensors", "README.md"]

    def weights(*names: str) -> set[str]:
        return set(choose_files([*small, *other, *names], "it")) - set(small)

    assert weights("model.safetensors", index, *shards) == {"model.safetensors"}
    assert weights(index, *shards, "pytorch_model.bin") == {index, *shards}
    assert weights("pytorch_model.bin") == {"pytorch_model.bin"}
    with pytest.raises(UserError, match="its shards"):
        weights(*shards)


def test_missing_shard(model: Path) -> None:
    (model / "model.safetensors").rename(model / "model-00001-of-00002.safetensors")
    both = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    index = {"weight_map": {"a": both[0], "b": both[1]}}
    (model / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    with pytest.raises(UserError, match=r"00002-of-00002\.safetensors is missing"):
        model_files(model)


def test_the_stages_own_output_is_rejected(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(model, "models/base")
    with pytest.raises(UserError, match="writes models/base itself"):
        check_pin(Path("models/base"), folder_digest(model))


@pytest.mark.parametrize("revision", ["main", "v1.0", "0123456", "A" * 40, "a" * 41])
def test_unpinned_revision(revision: str) -> None:
    with pytest.raises(UserError, match="is not a commit of 40 hex digits"):
        check_id(Base(model="team/whisper", revision=revision, quantization="int8"))


@pytest.mark.parametrize("model", ["whisper-tiny", "a/b/c", "/nowhere/model", "team/.."])
def test_neither_folder_nor_id(model: str) -> None:
    with pytest.raises(UserError, match="is neither a folder nor a hub id"):
        check_id(Base(model=model, revision="a" * 40, quantization="int8"))


def test_full_disk(english: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Path) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(stages.fetch_base.__main__, "folder_digest", full)
    monkeypatch.setattr(sys, "argv", ["fetch_base", "--digest", str(english)])
    with pytest.raises(UserError, match="the disk is full; free some space"):
        stages.fetch_base.__main__.main()


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_file_that_is_cut_short_is_one_line(model: Path, name: str) -> None:
    data = (model / name).read_bytes()
    for length in (0, 7, len(data) // 2, len(data) - 3):
        (model / name).write_bytes(data[:length])
        with pytest.raises(UserError) as fault:
            folder_digest(model)
        assert name in str(fault.value) and len(str(fault.value).splitlines()) == 1


def test_an_archive_of_pytorch_that_is_cut_short(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(9)}, tmp_path / "pytorch_model.bin")
    assert is_whole(tmp_path / "pytorch_model.bin")
    data = (tmp_path / "pytorch_model.bin").read_bytes()
    for length in (0, len(data) // 2):
        (tmp_path / "pytorch_model.bin").write_bytes(data[:length])
        assert not is_whole(tmp_path / "pytorch_model.bin")
