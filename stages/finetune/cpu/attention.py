"""Attention of the encoder one head at a time: half the time of PyTorch's kernel in bfloat16.

The encoder attends from 1,500 positions to 1,500 without a mask, which took two thirds of a
training step in bfloat16. PyTorch's fused kernel reaches a third of the processor's rate there: its
blocks are small, and it computes exponentials again and again. Here a block is a whole head. Its
scores (4.5 MB in bfloat16) stay in the processor's cache between three calls of the fastest matrix
product. The weights are kept for the backward pass up to a limit and computed again beyond it, as
in FlashAttention (Dao et al. 2022). stages/finetune/cpu/__init__.py has the figures.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import AttentionInterface, PreTrainedModel
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.models.whisper.modeling_whisper import eager_attention_forward

_ALIGNED = 32
"""Rows of a multiple of 32 bfloat16 numbers start at cache lines: a sixth faster than 1,500."""
_LONG = 512
"""Positions from which one head is work enough for a call."""
_KEPT_BYTES = 2**30
"""Attention weights kept for the backward pass, in all layers together."""


class _ByHead(torch.autograd.Function):
    """softmax(query key^T) value; each tensor has the shape (heads, positions, size)."""

    @staticmethod
    def forward(
        ctx: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, kept: int
    ) -> torch.Tensor:
        """kept: the number of heads, from the first, whose weights are kept for `backward`."""
        positions = query.shape[1]
        query, key, value = (_padded(part) for part in (query, key, value))
        out = torch.empty_like(query)
        scores, spare = (_new_block(query, key) for _ in range(2))
        weights = query.new_empty(kept, query.shape[1], key.shape[1])
        for head in range(len(query)):
            block = weights[head] if head < kept else spare
            _compute_weights(query[head], key[head], positions, scores, block)
            torch.mm(block, value[head], out=out[head])
        ctx.save_for_backward(query, key, value, weights)
        ctx.positions = positions
        return out[:, :positions]

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        query, key, value, weights = ctx.saved_tensors
        grad = _padded(grads[0])
        grad_query, grad_key, grad_value = map(torch.empty_like, (query, key, value))
        scores, change, spare = (_new_block(query, key) for _ in range(3))
        for head in range(len(query)):
            if head < len(weights):
                block = weights[head]
            else:
                block = spare
                _compute_weights(query[head], key[head], ctx.positions, scores, block)
            torch.mm(block.T, grad[head], out=grad_value[head])
            torch.mm(grad[head], value[head].T, out=scores)
            torch.ops.aten._softmax_backward_data.out(
                scores, block, -1, block.dtype, grad_input=change
            )
            torch.mm(change, key[head], out=grad_query[head])
            torch.mm(change.T, query[head], out=grad_key[head])
        unpadded = (part[:, : ctx.positions] for part in (grad_query, grad_key, grad_value))
        return *unpadded, None


def _new_block(query: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
    return query.new_empty(query.shape[1], key.shape[1])


def _padded(part: torch.Tensor) -> torch.Tensor:
    """Zeros appended up to a multiple of `_ALIGNED` positions."""
    missing = -part.shape[1] % _ALIGNED
    return torch.nn.functional.pad(part, (0, 0, 0, missing)) if missing else part.contiguous()


def _compute_weights(
    query: torch.Tensor,
    key: torch.Tensor,
    positions: int,
    scores: torch.Tensor,
    weights: torch.Tensor,
) -> None:
    """Write softmax(query key^T) of one head over the first `positions` to `weights`; `scores` is
    scratch space."""
    torch.mm(query, key.T, out=scores)
    scores[:, positions:] = -torch.inf
    torch.softmax(scores, -1, out=weights)


def by_head(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    **options: Any,
) -> tuple[torch.Tensor, None]:
    """The interface of transformers: (batch, heads, positions, size) -> (batch, positions, heads,
    size), and no attention weights.

    Only attention without mask and dropout, in bfloat16 on a CPU, is computed here; in float32
    PyTorch's kernel is faster. With few queries, as in the decoder, the plain form trains faster:
    the backward pass of PyTorch's kernel is slow there. So is its forward pass with a single query,
    as in generation: 17 ms for 16 windows, where the plain form takes 3.
    """
    here = query.device.type == "cpu" and query.dtype == torch.bfloat16
    plain = attention_mask is None and not options.get("dropout") and not options.get("is_causal")
    long, trains = query.shape[2] >= _LONG, torch.is_grad_enabled() and query.requires_grad
    if here and plain and not long and (trains or query.shape[2] == 1):
        mask = None
        if getattr(module, "is_causal", False) and query.shape[2] > 1:
            mask = query.new_full((query.shape[2], key.shape[2]), -torch.inf).triu(1)
        return eager_attention_forward(module, query, key, value, mask, **options)[0], None
    if not (here and plain and long):
        attended: tuple[torch.Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, **options
        )
        return attended
    scaling = options.get("scaling")
    query = query * (query.shape[-1] ** -0.5 if scaling is None else scaling)
    # The mean of all keys shifts all scores of a query alike, which changes no weight; without it
    # the scores are rounded less (SageAttention, Zhang et al. 2024).
    key = key - key.mean(2, keepdim=True)
    flat = [part.flatten(0, 1) for part in (query, key, value)]
    config = getattr(module, "config", None)
    layers = config.encoder_layers if config else 1
    head_bytes = layers * query.shape[2] ** 2 * query.element_size()
    # Computed again in the backward pass, weights are the same to the last bit.
    kept = min(len(flat[0]), _KEPT_BYTES // head_bytes) if trains else 0
    out = _ByHead.apply(*flat, kept)
    return out.view(query.shape).transpose(1, 2), None


def use_by_head(model: PreTrainedModel) -> None:
    AttentionInterface.register("by_head", by_head)
    model.set_attn_implementation("by_head")


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
