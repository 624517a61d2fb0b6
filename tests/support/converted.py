"""CTranslate2 folders for tests of `from_ctranslate2`: as in production, and damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from ctranslate2 import StorageView
from ctranslate2.converters import TransformersConverter
from ctranslate2.models import Whisper
from safetensors.torch import load_file
from transformers import WhisperForConditionalGeneration

from stages.fetch_base.from_ctranslate2.model_bin import read_model
from tests.support.whisper_models import tiny_english, tiny_multilingual

SHAPES: dict[str, dict[str, int]] = {
    "tiny.en": {},
    "tiny": {"encoder_layers": 2, "decoder_layers": 2},
    "large-v2": {"encoder_layers": 3, "decoder_layers": 3, "encoder_attention_heads": 4},
    "large-v3": {"mels": 128, "encoder_layers": 3, "decoder_layers": 3, "decoder_ffn_dim": 128},
    "turbo": {"mels": 128, "encoder_layers": 4, "decoder_layers": 2},
    "distilled": {"mels": 128, "encoder_layers": 5, "decoder_layers": 2, "d_model": 48},
}
"""Proportions of real models; "mels" beside fields of WhisperConfig."""


def small_whisper(folder: Path, name: str) -> Path:
    """A random Whisper in the proportions of `name`, in transformers' format.

    Its weights differ from a fresh initialization, in which biases are equal and norms are 1.
    """
    shape = dict(SHAPES[name])
    if name.endswith(".en"):
        tiny_english(folder, seed=5)
    else:
        tiny_multilingual(folder, mels=shape.pop("mels", 80), seed=5, shape=shape)
    model = WhisperForConditionalGeneration.from_pretrained(folder)
    generator = torch.Generator().manual_seed(6)
    with torch.no_grad():
        for weight in model.parameters():
            weight += 0.1 * torch.randn(weight.shape, generator=generator)
        # One pair of equal biases, which the converter stores once.
        layer = model.model.decoder.layers[0]
        layer.fc2.bias.copy_(layer.encoder_attn.q_proj.bias)
    model.save_pretrained(folder)
    return folder


def convert(source: Path, target: Path, quantization: str) -> Path:
    """Convert as `ct2-transformers-converter` does: without tokenizer and preprocessor."""
    TransformersConverter(str(source)).convert(str(target), quantization=quantization)
    assert {path.name for path in target.iterdir()} == {
        "config.json",
        "model.bin",
        "vocabulary.json",
    }
    return target


def tensors(folder: Path) -> dict[str, tuple[str, tuple[int, ...], bytes]]:
    """Name -> (type, shape, bytes) of all variables in `model.bin`, aliases included."""
    path = folder / "model.bin"
    content = path.read_bytes()
    return {
        name: (v.dtype, v.shape, content[v.offset : v.offset + v.size])
        for name, v in read_model(path).variables.items()
    }


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def greedy(folder: Path, mels: Any, prompt: list[int], length: int = 24) -> list[list[int]]:
    """Greedy tokens by CTranslate2. mels: (batch, mels, frames)."""
    model = Whisper(str(folder), device="cpu", intra_threads=1)
    view = StorageView.from_array(mels)
    results = model.generate(view, [prompt] * len(mels), beam_size=1, max_length=length)
    return [result.sequences_ids[0] for result in results]
