"""The base model set up for training: masking, frozen parts, LoRA, generation for validation."""

from __future__ import annotations

from pathlib import Path

import torch
from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.lora import LoraLayer
from transformers import WhisperForConditionalGeneration

from stages.common.core.params import Finetune
from stages.common.dataset.labels import is_multilingual
from stages.finetune.cpu.attention import cast_once, use_by_head
from stages.finetune.cpu.processor import has_bfloat16
from stages.finetune.device import Machine

CHECKPOINTING = {"use_reentrant": False}
"""Gradient checkpointing; the reentrant form finds no gradient under frozen layers."""
_ADAPTED = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]
"""Matrices that LoRA adapts: those of attention and feed-forward layers."""


def load_model(
    base: Path, params: Finetune, language: str, machine: Machine
) -> WhisperForConditionalGeneration:
    """The Whisper in folder `base` in float32, ready to train and to transcribe clips."""
    model = WhisperForConditionalGeneration.from_pretrained(base, dtype=torch.float32)
    model.config.apply_spec_augment = params.spec_augment
    model.config.mask_time_prob = params.mask_time_prob
    model.config.mask_feature_prob = params.mask_feature_prob
    if params.gradient_checkpointing:
        model.config.use_cache = False
        # The Trainer enables it too, but the batch size is settled before.
        model.gradient_checkpointing_enable(CHECKPOINTING)
    if params.method == "lora":
        add_lora(model, params.lora_rank)
    if params.freeze_encoder:
        model.freeze_encoder()
    speed_up(model, machine)
    generation = model.generation_config
    if is_multilingual(base):
        generation.language, generation.task = language, "transcribe"
    generation.forced_decoder_ids = None
    return model


def speed_up(model: WhisperForConditionalGeneration, machine: Machine) -> None:
    """Attention by head and single casts, in bfloat16 on a CPU with bfloat16 instructions.

    In float32 PyTorch's attention is faster and nothing is cast. On a GPU neither was measured.
    """
    if machine.device == "cpu" and machine.precision == "bfloat16" and has_bfloat16():
        use_by_head(model)
        cast_once(model)


def add_lora(model: WhisperForConditionalGeneration, rank: int) -> None:
    """Freeze the model and add trainable matrices of `rank` beside its own (Hu et al. 2021).

    The model itself is changed, not wrapped: PEFT's wrapper does not know Whisper's inputs.
    """
    # With alpha = 2 rank the learning rate need not follow the rank.
    config = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=_ADAPTED)
    inject_adapter_in_model(config, model)


def merge_lora(model: WhisperForConditionalGeneration) -> None:
    """Add the learned matrices to the model's own, so that it is a plain Whisper again.

    Raises: ValueError if a matrix holds NaN or infinite numbers.
    """
    for name, layer in list(model.named_modules()):
        if isinstance(layer, LoraLayer):
            layer.merge(safe_merge=True)
            parent, _, attribute = name.rpartition(".")
            setattr(model.get_submodule(parent), attribute, layer.get_base_layer())
