"""CTranslate2's weights under transformers' names, and the `config.json` that fits their shapes.

The inverse of `WhisperLoader` in ctranslate2/converters/transformers.py: it fuses the projections
of an attention and gives the keys a bias of zeros, which transformers' Whisper does not have.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from stages.common.core.errors import UserError
from stages.fetch_base.from_ctranslate2.model_bin import ModelBin

if TYPE_CHECKING:
    import torch
    from transformers import WhisperConfig

EMBEDDINGS, PROJECTION = "decoder/embeddings/weight", "decoder/projection/weight"


class Part(NamedTuple):
    """One of `parts` equal parts of a variable, along its first axis."""

    target: str
    """Name in transformers; "" for a bias of the keys, whose elements must be 0."""
    source: str
    """Name in CTranslate2."""
    part: int = 0
    parts: int = 1


def write_weights(model: ModelBin, target: Path, more: dict[str, Any]) -> WhisperConfig:
    """Write `model.safetensors` and `config.json` to the folder `target`.

    more: entries of `config.json` that do not follow from the weights.

    Raises: UserError if a weight is missing, unknown, of another shape, or has no place in
        transformers' Whisper.
    """
    from safetensors.torch import save_file

    counts = {side: _count_layers(model, side) for side in ("encoder", "decoder")}
    parts = [*_parts(counts)]
    sources = {part.source for part in parts} | {PROJECTION}
    present = {name for name, variable in model.variables.items() if variable.shape}
    for name in sorted(sources ^ present):
        fault = "is missing" if name in sources else "is not a Whisper weight"
        raise UserError(f"{model.path}: the weight {name} {fault}")
    tensors = dict(_tensors(model, parts))
    try:
        config = _config(model, counts, tensors, more)
        _check_shapes(model, config, tensors)
    except (ValueError, AssertionError) as error:
        raise UserError(f"{model.path}: no Whisper has this shape: {error}") from None
    config.save_pretrained(str(target))
    save_file(tensors, target / "model.safetensors", metadata={"format": "pt"})
    return config


def _count_layers(model: ModelBin, side: str) -> int:
    """The decoder may have fewer than the encoder, as in distilled models."""
    prefix = f"{side}/layer_"
    names = {name.split("/")[1] for name in model.variables if name.startswith(prefix)}
    return len(names - {"layer_norm"})


def _parts(counts: dict[str, int]) -> Iterator[Part]:
    yield from _linear("encoder/conv1", "model.encoder.conv1")
    yield from _linear("encoder/conv2", "model.encoder.conv2")
    yield Part("model.decoder.embed_tokens.weight", EMBEDDINGS)
    for side, layers in counts.items():
        target = f"model.{side}"
        yield Part(f"{target}.embed_positions.weight", f"{side}/position_encodings/encodings")
        yield from _norm(f"{side}/layer_norm", f"{target}.layer_norm")
        for layer in range(layers):
            yield from _layer(f"{side}/layer_{layer}", f"{target}.layers.{layer}", side)


def _layer(source: str, target: str, side: str) -> Iterator[Part]:
    yield from _attention(f"{source}/self_attention", f"{target}.self_attn", [("q", "k", "v")])
    if side == "decoder":
        fused = [("q",), ("k", "v")]
        yield from _attention(f"{source}/attention", f"{target}.encoder_attn", fused)
    yield from _norm(f"{source}/ffn/layer_norm", f"{target}.final_layer_norm")
    yield from _linear(f"{source}/ffn/linear_0", f"{target}.fc1")
    yield from _linear(f"{source}/ffn/linear_1", f"{target}.fc2")


def _attention(source: str, target: str, fused: list[tuple[str, ...]]) -> Iterator[Part]:
    yield from _norm(f"{source}/layer_norm", f"{target}_layer_norm")
    for number, names in enumerate(fused):
        for part, name in enumerate(names):
            linear, to = f"{source}/linear_{number}", f"{target}.{name}_proj"
            yield Part(f"{to}.weight", f"{linear}/weight", part, len(names))
            yield Part("" if name == "k" else f"{to}.bias", f"{linear}/bias", part, len(names))
    yield from _linear(f"{source}/linear_{len(fused)}", f"{target}.out_proj")


def _linear(source: str, target: str) -> Iterator[Part]:
    yield Part(f"{target}.weight", f"{source}/weight")
    yield Part(f"{target}.bias", f"{source}/bias")


def _norm(source: str, target: str) -> Iterator[Part]:
    yield Part(f"{target}.weight", f"{source}/gamma")
    yield Part(f"{target}.bias", f"{source}/beta")


def _tensors(model: ModelBin, parts: list[Part]) -> Iterator[tuple[str, torch.Tensor]]:
    import torch

    embeddings = model.variables[EMBEDDINGS]
    if model.variables[PROJECTION] != embeddings and not torch.equal(
        model.tensor(PROJECTION), model.tensor(EMBEDDINGS)
    ):
        raise UserError(
            f"{model.path}: {PROJECTION} differs from {EMBEDDINGS}; in a Whisper they are one"
        )
    for target, source, part, count in parts:
        # A copy: safetensors refuses tensors that share memory.
        tensor = model.tensor(source).tensor_split(count)[part].clone()
        if target:
            yield target, tensor
        elif tensor.any():
            raise UserError(
                f"{model.path}: {source} is not 0 for the keys; transformers' Whisper has no such"
                " bias"
            )


def _config(
    model: ModelBin,
    counts: dict[str, int],
    tensors: dict[str, torch.Tensor],
    more: dict[str, Any],
) -> WhisperConfig:
    from transformers import WhisperConfig

    sizes: dict[str, int] = {}
    for side, layers in counts.items():
        sizes[f"{side}_layers"] = layers
        sizes[f"{side}_attention_heads"] = model.number(f"{side}/num_heads")
        sizes[f"{side}_ffn_dim"] = len(tensors[f"model.{side}.layers.0.fc1.bias"])
    vocabulary, width = tensors["model.decoder.embed_tokens.weight"].shape
    return WhisperConfig(
        architectures=["WhisperForConditionalGeneration"],
        dtype=model.dtype,
        vocab_size=vocabulary,
        d_model=width,
        num_mel_bins=tensors["model.encoder.conv1.weight"].shape[1],
        max_source_positions=len(tensors["model.encoder.embed_positions.weight"]),
        max_target_positions=len(tensors["model.decoder.embed_positions.weight"]),
        **sizes,
        **more,
    )


def _check_shapes(model: ModelBin, config: WhisperConfig, tensors: dict[str, torch.Tensor]) -> None:
    import torch
    from transformers import WhisperForConditionalGeneration

    with torch.device("meta"):
        whisper = WhisperForConditionalGeneration(config)
    shapes = {name: weight.shape for name, weight in whisper.state_dict().items()}
    for name, tensor in tensors.items():
        if shapes[name] != tensor.shape:
            raise UserError(
                f"{model.path}: {name} has the shape {tuple(tensor.shape)}, not"
                f" {tuple(shapes[name])}"
            )
