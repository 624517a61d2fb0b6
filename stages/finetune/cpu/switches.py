"""Turns on what pays on this machine."""

from __future__ import annotations

from transformers import PreTrainedModel

from stages.finetune.cpu.attention import use_by_head
from stages.finetune.cpu.layer_norm_casts import cast_once
from stages.finetune.cpu.processor import has_bfloat16
from stages.finetune.device import Machine


def speed_up(model: PreTrainedModel, machine: Machine) -> None:
    """Attention by head and single casts, in bfloat16 on a CPU with bfloat16 instructions.

    In float32 PyTorch's attention is as fast and nothing is cast. On a GPU neither was measured.
    """
    if machine.device == "cpu" and machine.precision == "bfloat16" and has_bfloat16():
        use_by_head(model)
        cast_once(model)
