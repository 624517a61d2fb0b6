"""Training repeats to the last bit."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import WhisperForConditionalGeneration

from stages.finetune.training import make_deterministic


def test_gradients_are_added_in_one_order(english: Path) -> None:
    model = WhisperForConditionalGeneration.from_pretrained(english, dtype=torch.float32)
    encoded = (torch.randn(4, 1500, model.config.d_model),)
    ids = torch.randint(0, 500, (4, 90))
    weights = model.model.decoder.embed_positions.weight
    gradients = []
    try:
        make_deterministic(1)
        for _ in range(8):
            model.zero_grad()
            model(encoder_outputs=encoded, decoder_input_ids=ids).logits.square().mean().backward()
            gradients.append(weights.grad.clone())
    finally:
        torch.use_deterministic_algorithms(False)
    assert all(torch.equal(gradient, gradients[0]) for gradient in gradients)
