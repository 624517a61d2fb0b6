"""The base model set up for training: method, masking, frozen parts, generation for validation."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import WhisperForConditionalGeneration

from stages.common.core.params import Finetune
from stages.common.dataset.labels import is_multilingual
from stages.finetune.cpu.switches import speed_up
from stages.finetune.device import Machine
from stages.finetune.lora import add_lora

CHECKPOINTING = {"use_reentrant": False}
"""Gradient checkpointing; the reentrant form finds no gradient under frozen layers."""


def load_model(
    base: Path, params: Finetune, language: str, machine: Machine
) -> WhisperForConditionalGeneration:
    """The Whisper in folder `base`, with weights in float32, ready to train and to transcribe the
    validation clips."""
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
    _set_generation(model, language if is_multilingual(base) else None)
    return model


def _set_generation(model: WhisperForConditionalGeneration, language: str | None) -> None:
    """Transcription without timestamps. language: None for an English-only model."""
    generation = model.generation_config
    if language:
        generation.language = language
        generation.task = "transcribe"
    generation.forced_decoder_ids = None
    # After a timestamp token `generate` would decode the rest of that clip again, but with the
    # encoder outputs of all clips of the batch.
    timestamps = range(generation.no_timestamps_token_id + 1, model.config.vocab_size)
    generation.suppress_tokens = [*(generation.suppress_tokens or []), *timestamps]
