"""Fewer casts between float32 and the reduced type of autocast."""

from __future__ import annotations

from typing import Any

import torch
from transformers import PreTrainedModel


def cast_once(model: PreTrainedModel) -> None:
    """Have each layer norm put out autocast's type, where it is on.

    Autocast leaves a layer norm in float32, and casts what it puts out for each product that reads
    it: three times in a layer's attention, and the encoder's last one twice in every layer of the
    decoder; each gradient is cast back, too.
    """

    def cast(module: torch.nn.Module, given: Any, out: torch.Tensor) -> torch.Tensor:
        kind = out.device.type
        return out.to(torch.get_autocast_dtype(kind)) if torch.is_autocast_enabled(kind) else out

    for module in model.modules():
        if isinstance(module, torch.nn.LayerNorm):
            module.register_forward_hook(cast)
