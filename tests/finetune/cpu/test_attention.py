"""Attention by head, and with fewer casts, equals PyTorch's own as exactly as bfloat16 allows."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention
from torch.utils._python_dispatch import TorchDispatchMode

from stages.finetune.cpu import attention
from stages.finetune.cpu.attention import by_head, cast_once, use_by_head
from tests.support.learning import Learner, learner

POSITIONS = 600
PADDED = 608
"""The next multiple of 32."""


def exact(parts: list[torch.Tensor], grad: torch.Tensor) -> list[torch.Tensor]:
    """Output and gradients in float64."""
    wide = [part.detach().double().requires_grad_() for part in parts]
    out = scaled_dot_product_attention(*wide)
    out.backward(grad.double())
    return [out.detach(), *(part.grad for part in wide if part.grad is not None)]


def relative_errors(computed: list[torch.Tensor], right: list[torch.Tensor]) -> list[float]:
    pairs = zip(computed, right, strict=True)
    return [float((a.detach().double() - b).norm() / b.norm()) for a, b in pairs]


@pytest.mark.parametrize("common", [0.0, 8.0])
def test_output_and_gradients_are_exact(common: float) -> None:
    torch.manual_seed(1)
    query, key, value = (torch.randn(2, 3, POSITIONS, 32) for _ in range(3))
    # Whisper's keys have a large common part, which would cost the scores their last digits.
    parts = [part.bfloat16().requires_grad_() for part in (query, key + common, value)]
    grad = torch.randn(2, 3, POSITIONS, 32).bfloat16()
    out, weights = by_head(torch.nn.Identity(), parts[0], parts[1], parts[2], None)
    out.backward(grad.transpose(1, 2))
    assert weights is None and out.shape == (2, POSITIONS, 3, 32)
    computed = [out.transpose(1, 2), *(part.grad for part in parts if part.grad is not None)]
    assert len(computed) == 4
    assert max(relative_errors(computed, exact(parts, grad))) < 0.01


@pytest.mark.parametrize("positions", [5, POSITIONS])
def test_a_single_query_attends_to_all_keys(positions: int) -> None:
    """As in generation, where the keys of earlier tokens are kept."""
    torch.manual_seed(1)
    query = torch.randn(2, 3, 1, 32).bfloat16()
    key, value = (torch.randn(2, 3, positions, 32).bfloat16() for _ in range(2))
    module = torch.nn.Identity()
    module.is_causal, module.training = True, False
    with torch.no_grad():
        out, _ = by_head(module, query, key, value, None, dropout=0.0, scaling=1.0)
    wide = [part.double() for part in (query, key, value)]
    right = scaled_dot_product_attention(wide[0], wide[1], wide[2], scale=1.0)
    assert max(relative_errors([out.transpose(1, 2)], [right])) < 0.02


def test_recomputed_weights_save_memory_and_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(1)
    parts = [torch.randn(2, 3, POSITIONS, 32).bfloat16().requires_grad_() for _ in range(3)]
    grad = torch.randn(2, POSITIONS, 3, 32).bfloat16()
    results, kept_bytes = [], []
    for heads in (0, 4, 100):
        monkeypatch.setattr(attention, "_KEPT_BYTES", heads * POSITIONS**2 * 2)
        sizes: list[int] = []

        def keep(part: torch.Tensor, sizes: list[int] = sizes) -> torch.Tensor:
            sizes.append(part.nbytes)
            return part

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda part: part):
            out, _ = by_head(torch.nn.Identity(), parts[0], parts[1], parts[2], None)
        kept_bytes.append(sum(sizes))
        results.append([out.detach(), *torch.autograd.grad(out, parts, grad)])
    head_bytes = PADDED**2 * 2
    assert kept_bytes[1] - kept_bytes[0] == 4 * head_bytes
    assert kept_bytes[2] - kept_bytes[0] == 6 * head_bytes, "there are 6 heads"
    for other in results[1:]:
        assert all(torch.equal(a, b) for a, b in zip(results[0], other, strict=True))


@pytest.mark.parametrize("frozen", [False, True])
def test_a_whisper_learns_the_same(frozen: bool) -> None:
    some = learner(decoder_layers=1)
    if frozen:
        some.model.freeze_encoder()
    before = some.gradients()
    use_by_head(some.model)
    after = some.gradients()
    assert float((before - after).norm() / before.norm()) < 0.02
    assert not torch.equal(before, after), "the model did not use it"


class CastCounter(TorchDispatchMode):
    """Counts conversions of tensors to another type."""

    count = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func is torch.ops.aten._to_copy.default and (kwargs or {}).get("dtype"):
            self.count += 1
        return func(*args, **(kwargs or {}))


def casts(some: Learner) -> int:
    counter = CastCounter()
    with counter:
        some.gradients()
    return counter.count


def test_there_are_fewer_casts() -> None:
    some = learner(decoder_layers=2)
    before = casts(some)
    cast_once(some.model)
    # At the least two of three in the attention of each of four layers, forward and backward.
    assert casts(some) <= before - 4 * 2 * 2


def test_a_whisper_with_fewer_casts_learns_the_same() -> None:
    some = learner(decoder_layers=2)
    exact, before = some.gradients(reduced=False), some.gradients()
    cast_once(some.model)
    assert torch.equal(some.gradients(reduced=False), exact), "without autocast nothing changes"
    after = some.gradients()
    errors = [float((grads - exact).norm() / exact.norm()) for grads in (before, after)]
    assert errors[1] < 1.5 * errors[0] < 0.03
