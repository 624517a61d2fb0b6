"""Optimizers: AdamW, or Muon for the matrices inside the layers with AdamW for all else.

Muon: Jordan et al. 2024, with the learning rate scaled to AdamW's by Liu et al. 2025, "Muon is
Scalable for LLM Training". It moves a small model far in few steps. The learning rate over the
steps is in learning_rate_schedule.py.
"""

from __future__ import annotations

from typing import Any

import torch

from stages.common.core.params import Finetune
from stages.finetune.cpu.muon import Muon


def make_optimizer(model: torch.nn.Module, params: Finetune) -> torch.optim.Optimizer | None:
    """The optimizer that `params` name. None: the Trainer makes its own, which is AdamW."""
    if params.optimizer == "muon":
        return MuonAdamW(model, params.learning_rate, params.weight_decay)
    return None


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
            Muon(matrices, lr, weight_decay),
            torch.optim.AdamW(others, lr=lr, weight_decay=0.0, betas=(0.9, 0.98)),
        ]
        super().__init__([*matrices, *others], {})
        self._share_groups()

    def _share_groups(self) -> None:
        """The parts' own groups, so that a schedule set on this optimizer reaches both."""
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
