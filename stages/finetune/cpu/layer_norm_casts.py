"""Fewer casts between float32 and bfloat16 under autocast."""

from __future__ import annotations

from typing import Any

import torch
from transformers import PreTrainedModel


def cast_once(model: PreTrainedModel) -> None:
    """Make each layer norm return autocast's type, where autocast is on.

    Autocast computes a layer norm in float32 and casts its output once for each product that reads
    it: three times in a layer's attention, and the encoder's last one twice in every layer of the
    decoder. Each gradient is cast back as often.
    """

    def cast(module: torch.nn.Module, inputs: Any, output: torch.Tensor) -> torch.Tensor:
        device = output.device.type
        if not torch.is_autocast_enabled(device):
            return output
        return output.to(torch.get_autocast_dtype(device))

    for module in model.modules():
        if isinstance(module, torch.nn.LayerNorm):
            module.register_forward_hook(cast)
