"""Layer norms put out autocast's type, and a model learns the same."""

from __future__ import annotations

import torch

from stages.finetune.casts import cast_once
from tests.support.learning import learner


def test_a_whisper_learns_the_same_with_fewer_casts() -> None:
    some = learner(decoder_layers=2)
    put_out: list[torch.dtype] = []
    exact, before = some.gradients(reduced=False), some.gradients()
    cast_once(some.model)
    norm = some.model.model.encoder.layer_norm
    norm.register_forward_hook(lambda module, given, out: put_out.append(out.dtype))
    assert torch.equal(some.gradients(reduced=False), exact)
    after = some.gradients()
    assert put_out == [torch.float32, torch.bfloat16]
    assert not torch.equal(before, after)
    off = [float((found - exact).norm() / exact.norm()) for found in (before, after)]
    assert off[1] < 1.5 * off[0] < 0.03
