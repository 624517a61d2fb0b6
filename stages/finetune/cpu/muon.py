"""Muon for processors without bfloat16 instructions.

`torch.optim.Muon` orthogonalizes in bfloat16 on every device. On a CPU with AVX2 alone such a
product runs at 0.5 GFLOP/s where float32 reaches 55, and it took two thirds of the demo's training.
"""

from __future__ import annotations

from typing import Any

import torch

from stages.finetune.cpu.processor import has_bfloat16


class Muon(torch.optim.Muon):
    """`torch.optim.Muon` with `adjust_lr_fn="match_rms_adamw"`; on a CPU without bfloat16
    instructions it orthogonalizes in float32.

    The state is the same, so a checkpoint resumes under either.
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
                    _update(weights, weights.grad, self.state[weights], group)
        return None


def _update(
    weights: torch.Tensor, grad: torch.Tensor, state: dict[str, Any], group: dict[str, Any]
) -> None:
    """One step of Muon with Nesterov momentum, as `torch.optim.Muon` (2.13) does it."""
    momentum = state.setdefault("momentum_buffer", torch.zeros_like(grad))
    momentum.lerp_(grad, 1 - group["momentum"])
    direction = orthogonalized(
        grad.lerp(momentum, group["momentum"]),
        group["ns_coefficients"],
        group["ns_steps"],
        group["eps"],
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
