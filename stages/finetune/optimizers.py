"""Muon for the matrices inside the layers, AdamW for all else, as one optimizer.

Muon: Jordan et al. 2024; its learning rate is scaled to AdamW's by Liu et al. 2025, "Muon is
Scalable for LLM Training". It moves a small model far in few steps.
"""

from __future__ import annotations

from typing import Any

import torch


class MuonAdamW(torch.optim.Optimizer):
    """Both read one learning rate; only matrices have weight decay."""

    def __init__(self, model: torch.nn.Module, lr: float, weight_decay: float) -> None:
        matrices: list[torch.nn.Parameter] = []
        others: list[torch.nn.Parameter] = []
        for name, weights in model.named_parameters():
            inside = weights.ndim == 2 and "embed" not in name
            if weights.requires_grad:
                (matrices if inside else others).append(weights)
        self.parts: list[torch.optim.Optimizer] = [
            torch.optim.Muon(
                matrices, lr=lr, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw"
            ),
            torch.optim.AdamW(others, lr=lr, weight_decay=0.0, betas=(0.9, 0.98)),
        ]
        super().__init__([*matrices, *others], {})
        self._share_groups()

    def _share_groups(self) -> None:
        """The parts' own groups, so that a schedule set on this reaches both."""
        self.param_groups = [group for part in self.parts for group in part.param_groups]

    def step(self, closure: Any = None) -> None:
        for part in self.parts:
            part.step()

    def state_dict(self) -> dict[str, Any]:
        return {"parts": [part.state_dict() for part in self.parts]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        for part, own in zip(self.parts, state_dict["parts"], strict=True):
            part.load_state_dict(own)
        self._share_groups()
