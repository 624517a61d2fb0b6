"""How many windows are trained on at once: what fits into memory, the step's total being kept."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import WhisperForConditionalGeneration

from stages.common.dataset.features import FRAMES
from stages.finetune.device import Machine
from stages.finetune.loss import token_loss

_ROOM = {"cpu": 0.5, "cuda": 0.85}
"""Share of the memory that training may take: a CPU's is shared with everything else."""
_IN_FLIGHT = 1.4
"""What a backward pass needs, in what the forward pass kept."""
_BYTES_A_WEIGHT = 16
"""Weight, gradient and AdamW's two moments, in float32."""
_BYTES_SENT = 4
"""Several devices hold each gradient a second time, in the buckets that they exchange."""
_CGROUP = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True)
class Batch:
    windows: int
    """On a device at once."""
    accumulation: int

    @property
    def a_step(self) -> int:
        return self.windows * self.accumulation

    def within(self, most: int) -> Batch:
        """The largest one of at most `most` windows with the same number a step."""
        fits = max(n for n in range(1, max(1, most) + 1) if self.a_step % n == 0)
        return Batch(fits, self.a_step // fits)


def fitting(
    model: WhisperForConditionalGeneration, machine: Machine, a_step: int, labels: int
) -> Batch:
    """As many windows as the memory takes, of `a_step` a device and optimizer step.

    labels: in each row of a batch with the longest window.
    """
    a_weight = _BYTES_A_WEIGHT + (_BYTES_SENT if machine.devices > 1 else 0)
    weights = sum(p.numel() for p in model.parameters() if p.requires_grad) * a_weight
    room = _ROOM[machine.device] * _memory(machine.device) - weights
    needed = _IN_FLIGHT * _kept_bytes(model, machine, labels)
    return Batch(1, a_step).within(min(a_step, int(room // needed)))


def _kept_bytes(model: WhisperForConditionalGeneration, machine: Machine, labels: int) -> int:
    """Bytes that the forward pass of one window keeps for the backward pass."""
    weights = {p.untyped_storage().data_ptr() for p in model.parameters()}
    kept: dict[int, int] = {}

    def keep(part: torch.Tensor) -> torch.Tensor:
        storage = part.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return part

    heard = torch.zeros(1, model.config.num_mel_bins, FRAMES)
    ids = torch.zeros(1, labels, dtype=torch.long)
    reduced = machine.precision != "float32"
    dtype = torch.float16 if machine.precision == "float16" else torch.bfloat16
    model.to(machine.device)
    # As it trains: checkpointing works in training alone. Masking would draw from the run's dice.
    masking, model.config.apply_spec_augment = model.config.apply_spec_augment, False
    model.train()
    with (
        torch.autocast(machine.device, dtype=dtype, enabled=reduced),
        torch.autograd.graph.saved_tensors_hooks(keep, lambda part: part),
    ):
        inputs: dict[str, Any] = {"input_features": heard, "decoder_input_ids": ids}
        logits = model(**{name: part.to(machine.device) for name, part in inputs.items()}).logits
        loss = token_loss({"logits": logits}, ids.to(machine.device))
    # All that was kept is alive until here, so that no address is counted for two.
    del loss
    model.config.apply_spec_augment = masking
    return sum(kept.values())


def _memory(device: str) -> int:
    if device == "cuda":
        return int(torch.cuda.get_device_properties(0).total_memory)
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        return min(total, int(_CGROUP.read_text(encoding="ascii")))
    except (OSError, ValueError):  # "max": no limit
        return total


def ran_out(error: BaseException) -> bool:
    """Whether memory ran out, on a GPU or a CPU."""
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)
