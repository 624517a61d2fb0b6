"""Device and precision to train with."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch

from stages.common.core.errors import UserError
from stages.finetune.cpu.processor import has_bfloat16


@dataclass(frozen=True)
class Machine:
    device: str
    """"cpu" or "cuda"."""
    precision: str
    """"float32", "float16" or "bfloat16"."""
    devices: int
    """Devices that train side by side, each in a process of its own."""

    def __str__(self) -> str:
        return f"{self.device} x {self.devices} in {self.precision}"


def choose_machine(device: str, precision: str) -> Machine:
    """Resolve "auto". Raises: UserError if a GPU is requested and there is none.

    The launcher (see launch.py) tells each process the number of processes, and whether they run on
    CPUs, in environment variables.
    """
    on_cpus = os.environ.get("ACCELERATE_USE_CPU", "").lower() == "true"
    has_gpu = torch.cuda.is_available() and not on_cpus
    if device == "cuda" and not has_gpu:
        raise UserError("finetune.device = 'cuda': PyTorch sees no GPU; set it to auto or cpu")
    chosen = "cuda" if device != "cpu" and has_gpu else "cpu"
    if precision == "auto":
        on_gpu = "bfloat16" if has_gpu and torch.cuda.is_bf16_supported() else "float16"
        on_cpu = "bfloat16" if has_bfloat16() else "float32"
        precision = on_gpu if chosen == "cuda" else on_cpu
    if chosen == "cpu" and precision == "float16":
        raise UserError(
            "finetune.precision = 'float16': a CPU cannot train in it; use auto or bfloat16"
        )
    return Machine(chosen, precision, int(os.environ.get("WORLD_SIZE", "1")))
