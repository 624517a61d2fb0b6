"""Cross-entropy over Whisper's vocabulary of 50,000, a few tokens at a time.

PyTorch's holds the logits of a batch in float32 three to four times over, some hundred megabytes
each on a CPU. Here the gradient, in the logits' own type, is made along with the loss, as Liger
Kernel does (Hsu et al. 2024).
"""

from __future__ import annotations

from typing import Any

import torch

IGNORED = -100
_ROWS = 16
"""Tokens at once: 3 MB in float32, which a processor's cache holds."""
_ROWS_CUDA = 1024


class _TokenLoss(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, logits: torch.Tensor, labels: torch.Tensor, count: torch.Tensor
    ) -> torch.Tensor:
        """logits: (tokens, vocabulary); labels: (tokens,)."""
        total = torch.zeros((), dtype=torch.float32, device=logits.device)
        grad = torch.empty_like(logits) if ctx.needs_input_grad[0] else None
        rows = _ROWS_CUDA if logits.is_cuda else _ROWS
        for at in range(0, len(logits), rows):
            wanted = labels[at : at + rows]
            learned = wanted != IGNORED
            place = wanted.clamp(min=0)[:, None]
            logs = torch.log_softmax(logits[at : at + rows].float(), -1)
            total -= (logs.gather(1, place)[:, 0] * learned).sum()
            if grad is not None:
                chances = logs.exp_()
                chances.scatter_add_(1, place, chances.new_full(place.shape, -1.0))
                grad[at : at + rows] = chances.mul_((learned / count)[:, None])
        ctx.save_for_backward(grad)
        return total / count

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        (grad,) = ctx.saved_tensors
        return grad * grads[0].to(grad.dtype), None, None


def token_loss(
    outputs: Any, labels: torch.Tensor, num_items_in_batch: torch.Tensor | int | None = None
) -> torch.Tensor:
    """Cross-entropy over the tokens of the whole accumulated batch, of all processes.

    The Trainer counts those tokens, and multiplies by the number of processes, over which gradients
    and logged losses are then averaged. The model's own loss is a mean per small batch, which
    weighs short ones too high (transformers#37766).
    """
    count = num_items_in_batch if num_items_in_batch is not None else (labels != IGNORED).sum()
    count = torch.as_tensor(count, device=labels.device)
    loss: torch.Tensor = _TokenLoss.apply(outputs["logits"].flatten(0, 1), labels.flatten(), count)
    return loss
