"""Cross-entropy over Whisper's vocabulary of 50,000, a few tokens at a time.

PyTorch's holds the logits of a batch in float32 three to four times, some hundred megabytes each on
a CPU. Here the gradient, in the type of the logits, is computed along with the loss, as in Liger
Kernel (Hsu et al. 2024).
"""

from __future__ import annotations

from typing import Any

import torch

IGNORED = -100
"""Label of a position without supervision."""
_ROWS = 16
"""Tokens at once: 3 MB in float32, which a processor's cache holds."""
_ROWS_CUDA = 1024
_NONSPEECH_WEIGHT = 20
"""A non-speech window is weighted like a window of so many tokens. Weighted by its own two, among
hundreds in a batch, it had too little effect: the tuned model kept hallucinating words there."""


class _TokenLoss(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        logits: torch.Tensor,
        labels: torch.Tensor,
        weights: torch.Tensor,
        count: torch.Tensor,
    ) -> torch.Tensor:
        """logits: (tokens, vocabulary); labels and weights: (tokens,); count: (), the divisor of
        the sum."""
        total = torch.zeros((), dtype=torch.float32, device=logits.device)
        grad = torch.empty_like(logits) if ctx.needs_input_grad[0] else None
        rows = _ROWS_CUDA if logits.is_cuda else _ROWS
        for start in range(0, len(logits), rows):
            targets = labels[start : start + rows]
            learned = (targets != IGNORED) * weights[start : start + rows]
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
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor, None, None, None]:
        (grad,) = ctx.saved_tensors
        return grad * grads[0].to(grad.dtype), None, None, None


def training_loss(
    outputs: Any,
    labels: torch.Tensor,
    num_items_in_batch: torch.Tensor | int | None = None,
    *,
    no_speech: int,
) -> torch.Tensor:
    """`token_loss` with more weight on non-speech windows.

    no_speech: the token that only such a window has, see `Labeller`.
    """
    nonspeech = (labels == no_speech).any(1, keepdim=True)
    tokens = (labels != IGNORED).sum(1, keepdim=True).clamp(min=1)
    weights = torch.where(nonspeech, _NONSPEECH_WEIGHT / tokens, 1.0)
    return token_loss(outputs, labels, num_items_in_batch, weights)


def token_loss(
    outputs: Any,
    labels: torch.Tensor,
    num_items_in_batch: torch.Tensor | int | None = None,
    weights: torch.Tensor | None = None,
) -> torch.Tensor:
    """Cross-entropy per token of the whole accumulated batch, of all processes.

    The Trainer counts those tokens (`num_items_in_batch`) and multiplies by the number of
    processes, over which gradients and logged losses are averaged afterwards. The model's own loss
    is a mean over each small batch, in which short ones weigh too much (transformers#37766).

    Args:
        labels: int64, shape (windows, length), `IGNORED` where there is no supervision.
        weights: of the windows, shape (windows, 1); 1 by default.
    """
    counted = (labels != IGNORED).sum() if num_items_in_batch is None else num_items_in_batch
    count = torch.as_tensor(counted, device=labels.device)
    if weights is None:
        weights = torch.ones((1, 1), device=labels.device)
    loss: torch.Tensor = _TokenLoss.apply(
        outputs["logits"].flatten(0, 1),
        labels.flatten(),
        weights.expand_as(labels).flatten(),
        count,
    )
    return loss
