"""Converted models run in faster-whisper, and the conversion loses nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stages.common.asr.convert import to_ctranslate2
from stages.common.core.errors import UserError
from stages.common.core.files import read_json
from tests.support.processes import ROOT, contents, environment
from tests.support.whisper_models import ALIGNMENT_HEADS

TRANSCRIBE = ROOT / "tests" / "support" / "transcribe_offline.py"


@pytest.fixture
def model(english: Path, tmp_path: Path) -> Path:
    """A copy of the English-only Whisper, for a test to damage."""
    folder = tmp_path / "model"
    shutil.copytree(english, folder)
    return folder


def transcribe(folder: Path, compute_type: str, home: Path) -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, str(TRANSCRIBE), str(folder), compute_type],
        env=environment(home, HF_HUB_OFFLINE="1"),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    result: dict[str, Any] = json.loads(run.stdout)
    return result


def edit(path: Path, **changes: Any) -> None:
    """Set keys of a JSON file; None removes a key."""
    value = read_json(path) | changes
    kept = {key: item for key, item in value.items() if item is not None}
    path.write_text(json.dumps(kept), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "compute_type", "mels", "languages", "ids"),
    [
        ("multilingual_80", "int8", 80, 99, [50258, 50259, 50359, 50363]),
        ("multilingual_128", "float32", 128, 100, [50258, 50259, 50360, 50364]),
    ],
)
def test_multilingual_runs_in_faster_whisper(
    name: str,
    compute_type: str,
    mels: int,
    languages: int,
    ids: list[int],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    to_ctranslate2(request.getfixturevalue(name), tmp_path / "ct2", compute_type)
    assert read_json(tmp_path / "ct2/config.json")["alignment_heads"] == ALIGNMENT_HEADS
    result = transcribe(tmp_path / "ct2", compute_type, tmp_path / "home")
    assert result["multilingual"] and result["languages"] == languages and result["mels"] == mels
    start = ["<|startoftranscript|>", "<|en|>", "<|transcribe|>", "<|notimestamps|>"]
    assert result["prompt"] == start and result["prompt_ids"] == ids
    assert result["duration"] == 2


def test_english_runs_in_faster_whisper(english: Path, tmp_path: Path) -> None:
    to_ctranslate2(english, tmp_path / "ct2", "int8")
    assert read_json(tmp_path / "ct2/config.json")["alignment_heads"] == ALIGNMENT_HEADS
    result = transcribe(tmp_path / "ct2", "float32", tmp_path / "home")
    assert not result["multilingual"] and result["mels"] == 80
    assert result["prompt"] == ["<|startoftranscript|>", "<|notimestamps|>"]


@pytest.mark.parametrize("quantization", ["int8", "float32"])
def test_same_bytes_twice(english: Path, tmp_path: Path, quantization: str) -> None:
    for name in ("first", "second"):
        to_ctranslate2(english, tmp_path / name, quantization)
    assert contents(tmp_path / "first") == contents(tmp_path / "second")


def test_same_bytes_in_another_process(english: Path, tmp_path: Path) -> None:
    to_ctranslate2(english, tmp_path / "here", "int8")
    code = (
        "import sys; from pathlib import Path;"
        "from stages.common.asr.convert import to_ctranslate2;"
        "to_ctranslate2(Path(sys.argv[1]), Path(sys.argv[2]), 'int8')"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(english), str(tmp_path / "there")],
        env=environment(tmp_path / "home", PYTHONHASHSEED="7") | {"OMP_NUM_THREADS": "2"},
        check=True,
        timeout=300,
    )
    assert contents(tmp_path / "here") == contents(tmp_path / "there")


@pytest.mark.parametrize("quantization", ["int8", "float32"])
def test_half_precision_weights(model: Path, tmp_path: Path, quantization: str) -> None:
    from safetensors.torch import load_file, save_file

    weights = {key: value.half() for key, value in load_file(model / "model.safetensors").items()}
    save_file(weights, model / "model.safetensors", metadata={"format": "pt"})
    edit(model / "config.json", dtype="float16")
    to_ctranslate2(model, tmp_path / "ct2", quantization)
    assert (tmp_path / "ct2/model.bin").stat().st_size > 100_000


def test_a_processor_saved_by_transformers_5(english: Path, model: Path, tmp_path: Path) -> None:
    from transformers import WhisperProcessor

    processor = WhisperProcessor.from_pretrained(english, local_files_only=True)
    (model / "preprocessor_config.json").unlink()
    processor.save_pretrained(model)
    assert not (model / "preprocessor_config.json").exists()
    to_ctranslate2(model, tmp_path / "ct2", "int8")
    made = read_json(tmp_path / "ct2/preprocessor_config.json")
    assert made["feature_size"] == 80 and made["chunk_length"] == 30
    assert contents(model).keys().isdisjoint({"preprocessor_config.json"})


def test_files_of_a_slow_tokenizer_are_enough(model: Path, tmp_path: Path) -> None:
    tokenizer = read_json(model / "tokenizer.json")
    before = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    merges = [" ".join(pair) for pair in tokenizer["model"]["merges"]]
    (model / "vocab.json").write_text(json.dumps(tokenizer["model"]["vocab"]), encoding="utf-8")
    (model / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges), encoding="utf-8")
    (model / "added_tokens.json").write_text(json.dumps(before), encoding="utf-8")
    (model / "tokenizer.json").unlink()
    from stages.common.asr.convert import write_processor

    write_processor(model, model)
    after = read_json(model / "tokenizer.json")
    assert after["model"]["vocab"] == tokenizer["model"]["vocab"]
    assert {token["content"]: token["id"] for token in after["added_tokens"]} == before


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("config.json", {"vocab_size": 1000}, "needs a vocabulary of 2022, the model has 1000"),
        ("config.json", {"max_source_positions": 500}, "max_source_positions is 500"),
        ("config.json", {"max_target_positions": 64}, "max_target_positions is 64"),
        ("preprocessor_config.json", {"feature_size": 128}, "makes 128 mels, the model takes 80"),
        ("generation_config.json", {"is_multilingual": True}, "calls it multilingual, but"),
        ("tokenizer.json", {"model": {}}, "not a tokenizer"),
    ],
)
def test_parts_that_do_not_match(
    model: Path, tmp_path: Path, name: str, changes: dict[str, Any], message: str
) -> None:
    edit(model / name, **changes)
    with pytest.raises(UserError, match=message):
        to_ctranslate2(model, tmp_path / "ct2", "int8")
    assert not (tmp_path / "ct2").exists() and not (tmp_path / ".ct2.new").exists()


@pytest.mark.parametrize(
    "name",
    ["config.json", "generation_config.json", "tokenizer.json", "preprocessor_config.json"],
)
def test_missing_file(model: Path, tmp_path: Path, name: str) -> None:
    (model / name).unlink()
    with pytest.raises(UserError, match=f"{name} is missing"):
        to_ctranslate2(model, tmp_path / "ct2", "int8")


def test_a_missing_weight_is_not_initialized_at_random(model: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(model / "model.safetensors")
    del weights["model.decoder.layers.0.fc1.weight"]
    save_file(weights, model / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(
        UserError, match=r"1 weight\(s\) are missing, such as model.decoder.layers.0"
    ):
        to_ctranslate2(model, tmp_path / "ct2", "int8")


def test_damaged_weights(model: Path, tmp_path: Path) -> None:
    content = (model / "model.safetensors").read_bytes()
    (model / "model.safetensors").write_bytes(content[: len(content) // 2])
    with pytest.raises(UserError, match="its weights cannot be read"):
        to_ctranslate2(model, tmp_path / "ct2", "int8")


def test_the_target_is_replaced_by_a_complete_model_alone(model: Path, tmp_path: Path) -> None:
    (tmp_path / "ct2").mkdir()
    (tmp_path / "ct2/old").write_text("old", encoding="utf-8")
    kept = model / "generation_config.json"
    shutil.move(kept, tmp_path / "aside")
    with pytest.raises(UserError):
        to_ctranslate2(model, tmp_path / "ct2", "int8")
    assert (tmp_path / "ct2/old").exists()
    shutil.move(tmp_path / "aside", kept)
    to_ctranslate2(model, tmp_path / "ct2", "int8")
    assert not (tmp_path / "ct2/old").exists()
