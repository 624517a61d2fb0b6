"""Layer norms return autocast's type: fewer casts, and a model learns the same."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from stages.finetune.cpu.layer_norm_casts import cast_once
from tests.support.learning import Learner, learner


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


def test_a_whisper_learns_the_same() -> None:
    some = learner(decoder_layers=2)
    exact, before = some.gradients(reduced=False), some.gradients()
    cast_once(some.model)
    assert torch.equal(some.gradients(reduced=False), exact), "without autocast nothing changes"
    after = some.gradients()
    errors = [float((grads - exact).norm() / exact.norm()) for grads in (before, after)]
    assert errors[1] < 1.5 * errors[0] < 0.03
