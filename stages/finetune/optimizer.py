"""Optimizers: AdamW, or Muon for the matrices inside the layers with AdamW for all else.

Muon: Jordan et al. 2024, with the learning rate scaled to AdamW's by Liu et al. 2025, "Muon is
Scalable for LLM Training". It moves a small model far in few steps. The learning rate over the
steps is in learning_rate_schedule.py.
"""

from __future__ import annotations

from typing import Any

import torch

from stages.common.core.params import Finetune
from stages.finetune.cpu.processor import has_bfloat16


def make_optimizer(model: torch.nn.Module, params: Finetune) -> torch.optim.Optimizer | None:
    """The optimizer that `params` name. None: the Trainer makes its own, which is AdamW."""
    if params.optimizer == "muon":
        return MuonAdamW(model, params.learning_rate, params.weight_decay)
    return None


class MuonAdamW(torch.optim.Optimizer):
    """Both read one learning rate; only matrices have weight decay."""

    def __init__(self, model: torch.nn.Module, lr: float, weight_decay: float) -> None:
        trained = [(name, w) for name, w in model.named_parameters() if w.requires_grad]
        matrices = [w for name, w in trained if w.ndim == 2 and "embed" not in name]
        others = [w for name, w in trained if w.ndim != 2 or "embed" in name]
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


class Muon(torch.optim.Muon):
    """`torch.optim.Muon` with `adjust_lr_fn="match_rms_adamw"`; on a CPU without bfloat16
    instructions it orthogonalizes in float32.

    PyTorch's orthogonalizes in bfloat16 on every device. On a CPU with AVX2 alone such a product
    runs at 0.5 GFLOP/s where float32 reaches 55, and it took two thirds of the demo's training. The
    state is the same, so a checkpoint resumes under either.
    """

    def __init__(self, params: list[torch.nn.Parameter], lr: float, weight_decay: float) -> None:
        super().__init__(params, lr=lr, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw")

    def step(self, closure: Any = None) -> Any:
        matrices = [(weights, group) for group in self.param_groups for weights in group["params"]]
        if has_bfloat16() or any(weights.device.type != "cpu" for weights, _ in matrices):
            return super().step(closure)
        with torch.no_grad():
            for weights, group in matrices:
                if weights.grad is not None:
                    self._update(weights, weights.grad, group)
        return None

    def _update(self, weights: torch.Tensor, grad: torch.Tensor, group: dict[str, Any]) -> None:
        """One step with Nesterov momentum, as in PyTorch 2.13."""
        momentum = self.state[weights].setdefault("momentum_buffer", torch.zeros_like(grad))
        momentum.lerp_(grad, 1 - group["momentum"])
        nesterov = grad.lerp(momentum, group["momentum"])
        direction = orthogonalized(
            nesterov, group["ns_coefficients"], group["ns_steps"], group["eps"]
        )
        # The update's root mean square becomes AdamW's typical 0.2 (Liu et al. 2025).
        scale = 0.2 * max(weights.shape) ** 0.5
        weights.mul_(1 - group["lr"] * group["weight_decay"])
        weights.add_(direction, alpha=-group["lr"] * scale)


def orthogonalized(
    matrix: torch.Tensor, coefficients: tuple[float, float, float], steps: int, eps: float
) -> torch.Tensor:
    """U V^T of matrix = U S V^T, approximately: Newton-Schulz iteration (Jordan et al. 2024) in
    the matrix's own type. The singular values of the result lie between about 0.5 and 1.5.

    Args:
        matrix: shape (rows, columns).
        coefficients: a, b, c of the step X -> a X + b (X X^T) X + c (X X^T)^2 X.
        eps: least Frobenius norm that the matrix is divided by.
    """
    a, b, c = coefficients
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / x.norm().clamp(min=eps)
    for _ in range(steps):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if tall else x
