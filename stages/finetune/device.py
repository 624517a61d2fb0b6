"""Where to compute, and how precisely."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch

from stages.common.core.errors import UserError


@dataclass(frozen=True)
class Machine:
    device: str
    """"cpu" or "cuda"."""
    precision: str
    """"float32", "float16" or "bfloat16"."""
    devices: int
    """How many devices train side by side, each in a process of its own."""

    def __str__(self) -> str:
        return f"{self.device} x {self.devices} in {self.precision}"


def choose_machine(device: str, precision: str) -> Machine:
    """Settle "auto". Raises: UserError if a GPU is asked for and there is none.

    The launcher (see launch.py) tells each process how many there are, and whether on CPUs.
    """
    on_cpus = os.environ.get("ACCELERATE_USE_CPU", "").lower() == "true"
    has_gpu = torch.cuda.is_available() and not on_cpus
    if device == "cuda" and not has_gpu:
        raise UserError("finetune.device = 'cuda': PyTorch sees no GPU; set it to auto or cpu")
    chosen = "cuda" if device != "cpu" and has_gpu else "cpu"
    if precision == "auto":
        precision = _fastest(chosen)
    if chosen == "cpu" and precision == "float16":
        raise UserError(
            "finetune.precision = 'float16': a CPU cannot train in it; use auto or bfloat16"
        )
    return Machine(chosen, precision, int(os.environ.get("WORLD_SIZE", "1")))


def _fastest(device: str) -> str:
    """The precision that a device trains fastest in. Without instructions of its own for it, a CPU
    is slower in bfloat16 than in float32."""
    if device == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
    can = torch.cpu.get_capabilities()
    return "bfloat16" if can.get("avx512_bf16") or can.get("amx_bf16") else "float32"
