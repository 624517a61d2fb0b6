"""Attention on a CPU. The encoder's goes one head at a time: half the time of PyTorch's own kernel.

The encoder attends from 1,500 places to 1,500, without a mask, and in bfloat16 that was two thirds
of a training step. PyTorch's fused kernel reaches a third of the processor's rate there: its blocks
are small and its exponentials many. Here a block is a whole head. Its scores (4.5 MB in bfloat16)
stay in the processor's cache between three calls of its fastest matrix product. Its weights are
kept for the backward pass while there is room; beyond that they are computed again, as in
FlashAttention (Dao et al. 2022). docs/results.md has the figures.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import AttentionInterface, PreTrainedModel
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.models.whisper.modeling_whisper import eager_attention_forward

NAME = "by_head"


class _ByHead(torch.autograd.Function):
    """softmax(query key^T) value, for tensors of shape (heads, places, size) each."""

    @staticmethod
    def forward(
        ctx: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, kept: int
    ) -> torch.Tensor:
        """kept: heads, from the first, whose weights stay in memory for the backward pass."""
        places = query.shape[1]
        query, key, value = (_padded(part) for part in (query, key, value))
        out = torch.empty_like(query)
        scores, spare = (_block(query, key) for _ in range(2))
        weights = query.new_empty(kept, query.shape[1], key.shape[1])
        for head in range(len(query)):
            block = weights[head] if head < kept else spare
            _weigh(query[head], key[head], places, scores, block)
            torch.mm(block, value[head], out=out[head])
        ctx.save_for_backward(query, key, value, weights)
        ctx.places = places
        return out[:, :places]

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        query, key, value, weights = ctx.saved_tensors
        grad = _padded(grads[0])
        of_query, of_key, of_value = map(torch.empty_like, (query, key, value))
        scores, change, spare = (_block(query, key) for _ in range(3))
        for head in range(len(query)):
            if head < len(weights):
                block = weights[head]
            else:
                block = spare
                _weigh(query[head], key[head], ctx.places, scores, block)
            torch.mm(block.T, grad[head], out=of_value[head])
            torch.mm(grad[head], value[head].T, out=scores)
            torch.ops.aten._softmax_backward_data.out(
                scores, block, -1, block.dtype, grad_input=change
            )
            torch.mm(change, key[head], out=of_query[head])
            torch.mm(change.T, query[head], out=of_key[head])
        of = (part[:, : ctx.places] for part in (of_query, of_key, of_value))
        return *of, None


def _block(query: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
    return query.new_empty(query.shape[1], key.shape[1])


def _padded(part: torch.Tensor) -> torch.Tensor:
    """With zeros up to a multiple of `_ALIGNED` places."""
    more = -part.shape[1] % _ALIGNED
    return torch.nn.functional.pad(part, (0, 0, 0, more)) if more else part.contiguous()


def _weigh(
    query: torch.Tensor, key: torch.Tensor, places: int, scores: torch.Tensor, weights: torch.Tensor
) -> None:
    """`weights` = softmax(query key^T) of one head over the first `places`, by way of `scores`."""
    torch.mm(query, key.T, out=scores)
    scores[:, places:] = -torch.inf
    torch.softmax(scores, -1, out=weights)


def _heads_to_keep(query: torch.Tensor, layers: int) -> int:
    """Heads of the batch, in one of `layers` alike, whose weights are kept. Computed again they are
    the same to the last bit.

    query: (heads, places, size).
    """
    if not (torch.is_grad_enabled() and query.requires_grad):
        return 0
    one: int = layers * query.shape[1] * query.shape[1] * query.element_size()
    return min(len(query), _ROOM // one)


def by_head(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    **options: Any,
) -> tuple[torch.Tensor, None]:
    """As transformers calls it: (batch, heads, places, size) -> (batch, places, heads, size).

    Only plain attention in bfloat16 on a CPU is done here; in float32 PyTorch's own is as fast. Of
    few queries (the decoder's) only the learning is: there PyTorch's kernel is slow backwards.
    """
    here = query.device.type == "cpu" and query.dtype == torch.bfloat16
    plain = attention_mask is None and not options.get("dropout") and not options.get("is_causal")
    long, learning = query.shape[2] >= _LONG, torch.is_grad_enabled() and query.requires_grad
    if here and plain and not long and learning:
        mask = None
        if getattr(module, "is_causal", False):
            mask = query.new_full((query.shape[2], key.shape[2]), -torch.inf).triu(1)
        return eager_attention_forward(module, query, key, value, mask, **options)[0], None
    if not (here and plain and long):
        found: tuple[torch.Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, **options
        )
        return found
    scaling = options.get("scaling")
    query = query * (query.shape[-1] ** -0.5 if scaling is None else scaling)
    # What all keys have in common moves all of a query's scores alike, which changes no weight, and
    # without it they are rounded less (SageAttention, Zhang et al. 2024).
    key = key - key.mean(2, keepdim=True)
    flat = [part.flatten(0, 1) for part in (query, key, value)]
    config = getattr(module, "config", None)
    kept = _heads_to_keep(flat[0], config.encoder_layers if config else 1)
    out = _ByHead.apply(*flat, kept)
    return out.view(query.shape).transpose(1, 2), None


_ALIGNED = 32
"""Rows of so many bfloat16 begin at the processor's cache lines: a sixth faster than 1,500."""
_LONG = 512
"""Places from which one head is work enough for a call."""
_ROOM = 2**30
"""Bytes of weights that are kept for the backward pass, in all layers together."""


def use_by_head(model: PreTrainedModel) -> None:
    """Have `model`'s encoder attend by head."""
    AttentionInterface.register(NAME, by_head)
    model.set_attn_implementation(NAME)
