"""The loss is that of PyTorch's cross-entropy, over the whole accumulated batch."""

from __future__ import annotations

import pytest
import torch

from stages.finetune.loss import IGNORED, token_loss, training_loss


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_loss_and_gradient_are_those_of_cross_entropy(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    # More tokens than are taken at once, and not a multiple of those.
    logits, labels = torch.randn(3, 13, 50, dtype=dtype), torch.randint(0, 50, (3, 13))
    labels[1, 5:], labels[2] = IGNORED, IGNORED
    mine, plain = (logits.clone().requires_grad_() for _ in range(2))
    loss = token_loss({"logits": mine}, labels)
    right = torch.nn.functional.cross_entropy(
        plain.flatten(0, 1).float(), labels.flatten(), ignore_index=IGNORED
    )
    assert torch.allclose(loss, right, rtol=1e-6)
    # The Trainer scales it: by the devices, and in float16 by much more.
    (loss * 2).backward()
    (right * 2).backward()
    assert mine.grad is not None and plain.grad is not None and mine.grad.dtype == dtype
    assert torch.allclose(mine.grad, plain.grad, rtol=1e-5 if dtype == torch.float32 else 1e-2)
    assert not mine.grad[2].any() and not mine.grad[1, 5:].any()


def test_loss_of_an_accumulated_batch_is_that_of_the_whole() -> None:
    torch.manual_seed(0)
    logits, labels = torch.randn(3, 6, 20), torch.randint(0, 20, (3, 6))
    labels[0, 2:] = IGNORED
    count = (labels != IGNORED).sum()
    whole = token_loss({"logits": logits}, labels)
    parts = [token_loss({"logits": logits[i : i + 1]}, labels[i : i + 1], count) for i in range(3)]
    assert torch.allclose(sum(parts), whole)
    kept = labels != IGNORED
    assert torch.allclose(whole, torch.nn.functional.cross_entropy(logits[kept], labels[kept]))


def test_in_training_a_window_without_words_weighs_as_much_as_20_tokens() -> None:
    torch.manual_seed(0)
    logits, labels = torch.randn(2, 30, 20), torch.randint(0, 19, (2, 30))
    labels[0, 2:], labels[0, 0] = IGNORED, 19
    each = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="none"
    ).view(2, 30)
    count = (labels != IGNORED).sum()
    loss = training_loss({"logits": logits}, labels, count, no_speech=19)
    assert torch.allclose(loss, (10 * each[0].sum() + each[1].sum()) / count)
    labels[0, 0] = 3
    short = training_loss({"logits": logits}, labels, no_speech=19)
    assert short == token_loss({"logits": logits}, labels), "short, but with words"
