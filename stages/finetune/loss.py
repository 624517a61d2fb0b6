"""Cross-entropy over Whisper's vocabulary of 50,000, a few tokens at a time.

PyTorch's holds the logits of a batch in float32 three to four times, some hundred megabytes each on
a CPU. Here the gradient, in the type of the logits, is computed along with the loss, as in Liger
Kernel (Hsu et al. 2024).
"""

from __future__ import annotations

from typing import Any

import torch

IGNORED = -100
"""Label of a position from which nothing is learned."""
_ROWS = 16
"""Tokens at once: 3 MB in float32, which a processor's cache holds."""
_ROWS_CUDA = 1024


class _TokenLoss(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, logits: torch.Tensor, labels: torch.Tensor, count: torch.Tensor
    ) -> torch.Tensor:
        """logits: (tokens, vocabulary); labels: (tokens,); count: (), the divisor of the sum."""
        total = torch.zeros((), dtype=torch.float32, device=logits.device)
        grad = torch.empty_like(logits) if ctx.needs_input_grad[0] else None
        rows = _ROWS_CUDA if logits.is_cuda else _ROWS
        for start in range(0, len(logits), rows):
            targets = labels[start : start + rows]
            learned = targets != IGNORED
            index = targets.clamp(min=0)[:, None]
            log_probs = torch.log_softmax(logits[start : start + rows].float(), -1)
            total -= (log_probs.gather(1, index)[:, 0] * learned).sum()
            if grad is not None:
                probs = log_probs.exp_()
                probs.scatter_add_(1, index, probs.new_full(index.shape, -1.0))
                grad[start : start + rows] = probs.mul_((learned / count)[:, None])
        ctx.save_for_backward(grad)
        return total / count

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        (grad,) = ctx.saved_tensors
        return grad * grads[0].to(grad.dtype), None, None


def token_loss(
    outputs: Any, labels: torch.Tensor, num_items_in_batch: torch.Tensor | int | None = None
) -> torch.Tensor:
    """Cross-entropy per token of the whole accumulated batch, of all processes.

    The Trainer counts those tokens (`num_items_in_batch`) and multiplies by the number of
    processes, over which gradients and logged losses are averaged afterwards. The model's own loss
    is a mean over each small batch, in which short ones weigh too much (transformers#37766).
    """
    counted = (labels != IGNORED).sum() if num_items_in_batch is None else num_items_in_batch
    count = torch.as_tensor(counted, device=labels.device)
    loss: torch.Tensor = _TokenLoss.apply(outputs["logits"].flatten(0, 1), labels.flatten(), count)
    return loss
