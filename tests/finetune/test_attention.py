"""Attention by head gives what PyTorch's own gives, as exactly as bfloat16 allows."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from stages.finetune import attention
from stages.finetune.attention import NAME, by_head, use_by_head
from tests.support.learning import learner

PLACES = 600


def exact(parts: list[torch.Tensor], grad: torch.Tensor) -> list[torch.Tensor]:
    """Output and gradients in float64."""
    wide = [part.detach().double().requires_grad_() for part in parts]
    out = scaled_dot_product_attention(*wide)
    out.backward(grad.double())
    return [out.detach(), *(part.grad for part in wide if part.grad is not None)]


def errors(found: list[torch.Tensor], right: list[torch.Tensor]) -> list[float]:
    """The share by which each is off."""
    pairs = zip(found, right, strict=True)
    return [float((a.detach().double() - b).norm() / b.norm()) for a, b in pairs]


@pytest.mark.parametrize("common", [0.0, 8.0])
def test_output_and_gradients_are_right(common: float) -> None:
    torch.manual_seed(1)
    query, key, value = (torch.randn(2, 3, PLACES, 32) for _ in range(3))
    # Whisper's keys have much in common, which would cost the scores their last digits.
    parts = [part.bfloat16().requires_grad_() for part in (query, key + common, value)]
    grad = torch.randn(2, 3, PLACES, 32).bfloat16()
    out, weights = by_head(torch.nn.Identity(), parts[0], parts[1], parts[2], None)
    out.backward(grad.transpose(1, 2))
    assert weights is None and out.shape == (2, PLACES, 3, 32)
    found = [out.transpose(1, 2), *(part.grad for part in parts if part.grad is not None)]
    assert len(found) == 4 and max(errors(found, exact(parts, grad))) < 0.01


def test_kept_weights_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(1)
    parts = [torch.randn(2, 3, PLACES, 32).bfloat16().requires_grad_() for _ in range(3)]
    grad = torch.randn(2, PLACES, 3, 32).bfloat16()
    found, held = [], []
    for heads in (0, 4, 100):
        monkeypatch.setattr(attention, "_ROOM", heads * PLACES**2 * 2)
        out, _ = by_head(torch.nn.Identity(), parts[0], parts[1], parts[2], None)
        held.append(len(out.grad_fn.next_functions[0][0].next_functions[0][0].saved_tensors[3]))
        found.append([out.detach(), *torch.autograd.grad(out, parts, grad)])
    assert held == [0, 4, 6]
    for other in found[1:]:
        assert all(torch.equal(a, b) for a, b in zip(found[0], other, strict=True))


@pytest.mark.parametrize("frozen", [False, True])
def test_a_whisper_learns_the_same(frozen: bool) -> None:
    some = learner(decoder_layers=1)
    if frozen:
        some.model.freeze_encoder()
    before = some.gradients()
    use_by_head(some.model)
    assert some.model.model.encoder.config._attn_implementation == NAME
    after = some.gradients()
    assert float((before - after).norm() / before.norm()) < 0.02
    assert not torch.equal(before, after), "the encoder did not use it"
