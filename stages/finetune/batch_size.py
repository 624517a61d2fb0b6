"""Windows trained on at once: as many as fit into memory, at a fixed number per optimizer step."""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import WhisperForConditionalGeneration

from stages.common.dataset.features import FRAMES
from stages.finetune.device import Machine
from stages.finetune.loss import token_loss

_USABLE = {"cpu": 0.5, "cuda": 0.85}
"""Share of the memory that training may take; a CPU's is shared with everything else."""
_BACKWARD = 1.4
"""Memory of a backward pass, in units of what the forward pass keeps for it."""
_BYTES_PER_WEIGHT = 16
"""Weight, gradient and AdamW's two moments in float32."""
_CGROUP = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True)
class BatchSize:
    windows: int
    """On a device at once."""
    accumulation: int
    """Batches per optimizer step."""

    @property
    def per_step(self) -> int:
        """Windows on a device per optimizer step."""
        return self.windows * self.accumulation

    def at_most(self, windows: int) -> BatchSize:
        """The largest batch of up to `windows` windows with the same number per step."""
        fits = max(n for n in range(1, max(1, windows) + 1) if self.per_step % n == 0)
        return BatchSize(fits, self.per_step // fits)


def largest_batch(
    model: WhisperForConditionalGeneration, machine: Machine, per_step: int, labels: int
) -> BatchSize:
    """The largest batch that fits into memory.

    per_step: windows on a device per optimizer step; labels: tokens in each row of the batch with
    the longest window.
    """
    # With several devices each gradient is held a second time, in DDP's buckets.
    per_weight = _BYTES_PER_WEIGHT + (4 if machine.devices > 1 else 0)
    weights = sum(p.numel() for p in model.parameters() if p.requires_grad) * per_weight
    available = _USABLE[machine.device] * memory_bytes(machine.device) - weights
    needed = _BACKWARD * _kept_bytes(model, machine, labels)
    return BatchSize(1, per_step).at_most(min(per_step, int(available // needed)))


def _kept_bytes(model: WhisperForConditionalGeneration, machine: Machine, labels: int) -> int:
    """Bytes that the forward pass of one window keeps for the backward pass."""
    weights = {p.untyped_storage().data_ptr() for p in model.parameters()}
    kept: dict[int, int] = {}

    def keep(part: torch.Tensor) -> torch.Tensor:
        storage = part.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return part

    features = torch.zeros(1, model.config.num_mel_bins, FRAMES, device=machine.device)
    ids = torch.zeros(1, labels, dtype=torch.long, device=machine.device)
    reduced = machine.precision != "float32"
    dtype = getattr(torch, machine.precision) if reduced else None
    model.to(machine.device)
    # In training mode, as checkpointing works in it alone. Masking would use up random numbers of
    # the run.
    masking, model.config.apply_spec_augment = model.config.apply_spec_augment, False
    model.train()
    with (
        torch.autocast(machine.device, dtype=dtype, enabled=reduced),
        torch.autograd.graph.saved_tensors_hooks(keep, lambda part: part),
    ):
        outputs = model(input_features=features, decoder_input_ids=ids)
        loss = token_loss(outputs, ids)
    # All kept tensors are alive until here, so that no address is counted twice.
    del loss
    model.config.apply_spec_augment = masking
    return sum(kept.values())


def memory_bytes(device: str) -> int:
    """Of the first GPU, or of the machine: the control group's limit if that is lower."""
    if device == "cuda":
        return int(torch.cuda.get_device_properties(0).total_memory)
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        return min(total, int(_CGROUP.read_text(encoding="ascii")))
    except (OSError, ValueError):  # "max": no limit
        return total


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a GPU or a CPU ran out of memory. oneDNN says only that it made no primitive."""
    messages = ("can't allocate memory", "could not create a primitive")
    return isinstance(error, torch.OutOfMemoryError) or any(m in str(error) for m in messages)


def release_memory(device: str) -> None:
    """After memory ran out: what the failed attempt held."""
    gc.collect()
    if device == "cuda":
        torch.cuda.empty_cache()
