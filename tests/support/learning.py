"""A small Whisper and its gradients for one batch of noise."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from transformers import WhisperConfig, WhisperForConditionalGeneration


@dataclass(frozen=True)
class Learner:
    model: WhisperForConditionalGeneration
    features: torch.Tensor
    ids: torch.Tensor

    def gradients(self, reduced: bool = True) -> torch.Tensor:
        """All gradients in one vector. reduced: under autocast to bfloat16."""
        self.model.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, reduced):
            logits = self.model(input_features=self.features, decoder_input_ids=self.ids).logits
        loss = torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), self.ids.flatten())
        loss.backward()
        return torch.cat([p.grad.flatten() for p in self.model.parameters() if p.grad is not None])


def learner(decoder_layers: int) -> Learner:
    config = WhisperConfig(
        vocab_size=100, d_model=64, encoder_layers=2, decoder_layers=decoder_layers,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=64,
        decoder_ffn_dim=64, pad_token_id=0, bos_token_id=1, eos_token_id=2,
        decoder_start_token_id=1,
    )  # fmt: skip
    torch.manual_seed(1)
    model = WhisperForConditionalGeneration(config)
    return Learner(model, torch.randn(2, 80, 3000), torch.randint(3, 100, (2, 7)))
