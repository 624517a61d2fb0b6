"""A CTranslate2 Whisper, converted to transformers' format and back, is the same model."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import WhisperForConditionalGeneration

from stages.common.asr.convert import to_ctranslate2
from stages.common.core.errors import UserError
from stages.common.core.files import read_json
from stages.fetch_base.from_ctranslate2 import to_transformers
from stages.fetch_base.from_ctranslate2.model_bin import read_model
from stages.fetch_base.generation import complete_generation
from stages.fetch_base.whisper_files import folder_digest
from tests.support.converted import SHAPES, convert, greedy, small_whisper, tensors, weights
from tests.support.processes import contents, error_line, fetch_base, write_params
from tests.support.real_whisper import real_whisper


@pytest.fixture(scope="module")
def whispers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Random Whispers in transformers' format, by shape."""
    folder = tmp_path_factory.mktemp("whispers")
    return {name: small_whisper(folder / name, name) for name in SHAPES}


@pytest.fixture(scope="module")
def float16(whispers: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert(whispers["tiny"], tmp_path_factory.mktemp("ct2") / "float16", "float16")


@pytest.fixture
def converted(float16: Path, tmp_path: Path) -> Path:
    """A copy, for a test to damage."""
    return shutil.copytree(float16, tmp_path / "ct2")


def back(source: Path, target: Path) -> Path:
    target.mkdir()
    to_transformers(source, target)
    complete_generation(target)
    return target


@pytest.mark.parametrize("quantization", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("name", SHAPES)
def test_round_trip(
    whispers: dict[str, Path], tmp_path: Path, name: str, quantization: str
) -> None:
    first = convert(whispers[name], tmp_path / "first", quantization)
    restored = back(first, tmp_path / "restored")
    dtype = getattr(torch, quantization)
    original = weights(whispers[name])
    for key, value in weights(restored).items():
        assert value.dtype == dtype and torch.equal(value, original.pop(key).to(dtype)), key
    assert not original
    to_ctranslate2(restored, tmp_path / "again", quantization)
    assert tensors(tmp_path / "again") == tensors(first)
    assert read_json(tmp_path / "again/config.json") == read_json(first / "config.json")
    vocabularies = [tmp_path / "again/vocabulary.json", first / "vocabulary.json"]
    assert vocabularies[0].read_bytes() == vocabularies[1].read_bytes()
    mels = np.random.default_rng(1).standard_normal((2, SHAPES[name].get("mels", 80), 3000))
    mels = mels.astype(np.float32)
    labels = read_json(restored / "generation_config.json")
    prompt = [labels["decoder_start_token_id"], labels["no_timestamps_token_id"]]
    if labels["is_multilingual"]:
        prompt[1:1] = [labels["lang_to_id"]["<|en|>"], labels["task_to_id"]["transcribe"]]
    tokens = greedy(first, mels, prompt)
    assert min(len(row) for row in tokens) > 0
    assert greedy(tmp_path / "again", mels, prompt) == tokens


@pytest.mark.parametrize("name", ["tiny.en", "base"])
def test_round_trip_of_a_real_one(name: str, tmp_path: Path) -> None:
    source = real_whisper(name)
    bare = tmp_path / "bare"
    bare.mkdir()
    for path in source.iterdir():
        if path.name not in ("tokenizer.json", "preprocessor_config.json"):
            (bare / path.name).symlink_to(path)
    to_ctranslate2(back(bare, tmp_path / "restored"), tmp_path / "again", "float16")
    first, again = tensors(source), tensors(tmp_path / "again")
    # A newer converter writes one more flag, which is 0.
    added = {"decoder/alibi_use_positive_positions", "decoder/scale_alibi"} - first.keys()
    assert first == {key: value for key, value in again.items() if key not in added}
    tokenizers = [
        Tokenizer.from_file(str(folder / "tokenizer.json"))
        for folder in (source, tmp_path / "again")
    ]
    assert tokenizers[0].get_vocab() == tokenizers[1].get_vocab()


@pytest.mark.parametrize("name", SHAPES)
def test_settings_equal_the_originals(whispers: dict[str, Path], tmp_path: Path, name: str) -> None:
    restored = back(convert(whispers[name], tmp_path / "ct2", "float32"), tmp_path / "restored")
    original = read_json(whispers[name] / "config.json")
    assert read_json(restored / "config.json") == original
    generation = read_json(restored / "generation_config.json")
    for key, value in read_json(whispers[name] / "generation_config.json").items():
        assert key in ("_from_model_config", "transformers_version") or generation[key] == value, (
            key
        )
    preprocessor = read_json(whispers[name] / "preprocessor_config.json")
    assert read_json(restored / "preprocessor_config.json") == preprocessor


def test_transformers_and_ctranslate2_give_the_same_tokens(
    whispers: dict[str, Path], tmp_path: Path
) -> None:
    first = convert(whispers["turbo"], tmp_path / "first", "float32")
    restored = back(first, tmp_path / "restored")
    mels = np.random.default_rng(2).standard_normal((4, 128, 3000)).astype(np.float32)
    model = WhisperForConditionalGeneration.from_pretrained(restored, dtype=torch.float32).eval()
    generation = model.generation_config
    rows = model.generate(
        torch.from_numpy(mels), language="en", task="transcribe", max_new_tokens=16
    ).tolist()
    prompt = [generation.decoder_start_token_id, generation.lang_to_id["<|en|>"]]
    prompt += [generation.task_to_id["transcribe"], generation.no_timestamps_token_id]
    end = generation.eos_token_id
    by_transformers = [[token for token in row if token != end] for row in rows]
    by_ctranslate2 = [row[:16] for row in greedy(first, mels, prompt, 40)]
    assert by_transformers == by_ctranslate2


def test_the_stage_takes_a_bare_folder(converted: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    write_params(work, str(converted), folder_digest(converted))
    run = fetch_base(work)
    assert (run.returncode, run.stderr) == (0, "")
    assert "80 mels, 99 languages" in run.stdout and "generation_config" not in run.stdout
    dtypes = {value.dtype for value in weights(work / "models/base").values()}
    assert dtypes == {torch.float16}
    model = WhisperForConditionalGeneration.from_pretrained(
        work / "models/base", dtype=torch.float32
    )
    assert {value.dtype for value in model.parameters()} == {torch.float32}
    assert set(contents(work / "models/base-ct2")) == {
        "config.json",
        "model.bin",
        "preprocessor_config.json",
        "tokenizer.json",
        "vocabulary.json",
    }


@pytest.mark.parametrize("refs", [True, False])
def test_the_hubs_cache(converted: Path, tmp_path: Path, refs: bool) -> None:
    """A cache as huggingface_hub lays it out: links from the snapshots to the blobs."""
    cache = tmp_path / "models--Systran--faster-whisper-small"
    snapshots = cache / "snapshots"
    blobs = cache / "blobs"
    (snapshots / "a1").mkdir(parents=True)
    blobs.mkdir()
    for path in converted.iterdir():
        path.rename(blobs / path.name[::-1])
        (snapshots / "a1" / path.name).symlink_to(f"../../blobs/{path.name[::-1]}")
    digest = folder_digest(snapshots / "a1")
    assert folder_digest(cache) == digest
    (snapshots / "b2").mkdir()
    with pytest.raises(UserError, match="2 snapshots, and refs/main names none of them"):
        folder_digest(cache)
    if refs:
        (cache / "refs").mkdir()
        (cache / "refs/main").write_text("a1\n", encoding="utf-8")
    else:
        (snapshots / "b2").rmdir()
    assert folder_digest(cache) == digest
    work = tmp_path / "work"
    work.mkdir()
    write_params(work, str(cache), digest)
    run = fetch_base(work)
    assert (run.returncode, run.stderr) == (0, "")
    assert not any(path.is_symlink() for path in (work / "models/base").iterdir())


def test_the_digest_covers_the_files_that_are_used(converted: Path) -> None:
    digest = folder_digest(converted)
    (converted / "README.md").write_text("a model", encoding="utf-8")
    assert folder_digest(converted) == digest
    for name in ("config.json", "vocabulary.json"):
        with (converted / name).open("a", encoding="utf-8") as content:
            content.write("\n")
        assert folder_digest(converted) != digest
        digest = folder_digest(converted)


@pytest.mark.parametrize("quantization", ["int8", "int8_float16", "int16"])
def test_quantized_weights_are_refused(
    whispers: dict[str, Path], tmp_path: Path, quantization: str
) -> None:
    folder = convert(whispers["tiny"], tmp_path / "ct2", quantization)
    work = tmp_path / "work"
    work.mkdir()
    write_params(work, str(folder), "0" * 40)
    kind = quantization.partition("_")[0]
    assert error_line(fetch_base(work)) == (
        f"{folder}/model.bin: its weights are quantized to {kind}, too coarse to train from; take"
        " the model that it was converted from, or convert that with `--quantization float16`"
    )


def patch(path: Path, offset: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


def replace(path: Path, old: bytes, new: bytes) -> None:
    assert len(old) == len(new) and old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new))


REVISION = 4 + 2 + len("WhisperSpec") + 1
"""Offset of the specification's revision."""


@pytest.mark.parametrize("kept", [0.0, 0.0001, 0.3, 0.999])
def test_a_truncated_file_is_refused(converted: Path, kept: float) -> None:
    path = converted / "model.bin"
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(UserError, match=r"model\.bin: the file is truncated or damaged"):
        read_model(path)


def test_a_longer_file_is_refused(converted: Path) -> None:
    with (converted / "model.bin").open("ab") as content:
        content.write(b"\0")
    with pytest.raises(UserError, match="truncated or damaged"):
        read_model(converted / "model.bin")


@pytest.mark.parametrize(
    ("offset", "content", "message"),
    [
        (0, struct.pack("<I", 5), "binary version 5, not 6; convert the original model again"),
        (0, b"PK\x03\x04", "not a model in CTranslate2's format, or a damaged one"),
        (6, b"Wav2Vec", "a Wav2VecSpec, not a Whisper"),
        (REVISION, struct.pack("<I", 2), "WhisperSpec revision 2, not 3; convert the original"),
    ],
)
def test_another_format_is_refused(
    converted: Path, offset: int, content: bytes, message: str
) -> None:
    patch(converted / "model.bin", offset, content)
    with pytest.raises(UserError, match=message):
        read_model(converted / "model.bin")


def test_damaged_bytes_give_one_line(converted: Path) -> None:
    """A wrong byte anywhere in the header raises no other exception."""
    path = converted / "model.bin"
    content = path.read_bytes()
    random = np.random.default_rng(3)
    refused = 0
    for offset in random.integers(0, 400, 200):
        damaged = bytearray(content)
        damaged[offset] ^= 1 << int(random.integers(8))
        path.write_bytes(damaged)
        try:
            read_model(path)
        except UserError as error:
            refused += "\n" not in str(error)
    assert refused > 50


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"conv1/bias", b"conv1/bia5", "the weight encoder/conv1/bia5 is not a Whisper weight"),
        (b"encoder/num_heads", b"encoder/num_headz", "encoder/num_heads is missing"),
        (b"layer_1/ffn/linear_0/bias", b"layer_7/ffn/linear_0/bias", "is missing|is none of"),
    ],
)
def test_other_weights_are_refused(
    converted: Path, tmp_path: Path, old: bytes, new: bytes, message: str
) -> None:
    replace(converted / "model.bin", old, new)
    with pytest.raises(UserError, match=message):
        back(converted, tmp_path / "restored")


def test_a_bias_of_the_keys_is_refused(converted: Path, tmp_path: Path) -> None:
    name = "decoder/layer_0/attention/linear_1/bias"
    variable = read_model(converted / "model.bin").variables[name]
    patch(converted / "model.bin", variable.offset + 2, b"\x01\x00")
    with pytest.raises(UserError, match=f"{name} is not 0 for the keys"):
        back(converted, tmp_path / "restored")


def test_number_of_heads_that_does_not_fit(converted: Path, tmp_path: Path) -> None:
    variable = read_model(converted / "model.bin").variables["decoder/num_heads"]
    patch(converted / "model.bin", variable.offset, b"\x05\x00")
    with pytest.raises(UserError, match="no Whisper has this shape"):
        back(converted, tmp_path / "restored")


def test_a_projection_of_its_own_is_refused(whispers: dict[str, Path], tmp_path: Path) -> None:
    model = WhisperForConditionalGeneration.from_pretrained(whispers["tiny"])
    model.proj_out.weight = torch.nn.Parameter(model.proj_out.weight + 1)
    model.config.tie_word_embeddings = False
    shutil.copytree(whispers["tiny"], tmp_path / "untied")
    model.save_pretrained(tmp_path / "untied")
    folder = convert(tmp_path / "untied", tmp_path / "ct2", "float32")
    with pytest.raises(UserError, match="in a Whisper they are one"):
        back(folder, tmp_path / "restored")


def edit_vocabulary(folder: Path, change: Any) -> None:
    path = folder / "vocabulary.json"
    tokens = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(change(tokens)), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda tokens: tokens[:50_000], r"lacks <\|endoftext\|> .*; this is not a Whisper tok"),
        (lambda tokens: [*tokens, tokens[0]], "not a list of different tokens"),
        (lambda tokens: dict.fromkeys(tokens, 0), "not a list of different tokens"),
        (
            lambda tokens: [*tokens[:400], "Ġqqqq", *tokens[401:]],
            r"no byte-level BPE \(token 400\)",
        ),
        (lambda tokens: tokens[:-1], r"51864 tokens in the vocabulary, 51865 in model\.bin"),
    ],
)
def test_another_vocabulary_is_refused(
    converted: Path, tmp_path: Path, change: Any, message: str
) -> None:
    edit_vocabulary(converted, change)
    with pytest.raises(UserError, match=message):
        back(converted, tmp_path / "restored")


def test_a_tokenizer_of_another_model_is_refused(
    whispers: dict[str, Path], converted: Path, tmp_path: Path
) -> None:
    """The tokenizer of large-v3 has one more language, and all ids after it are higher by one."""
    shutil.copy(whispers["large-v3"] / "tokenizer.json", converted)
    with pytest.raises(UserError, match=r"1\d+ token\(s\) of tokenizer.json have another id"):
        back(converted, tmp_path / "restored")


@pytest.mark.parametrize(
    ("name", "message"),
    [("config.json", "config.json is missing"), ("vocabulary.json", "vocabulary.json is missing")],
)
def test_missing_file(converted: Path, name: str, message: str) -> None:
    (converted / name).unlink()
    with pytest.raises(UserError, match=message):
        folder_digest(converted)
