"""Exposure of canaries: how far up a model ranks the secret that training held.

Carlini et al. 2019: log2(possible secrets) - log2(rank of the true one). A model that learned
nothing ranks at random: then it is 1.4 bits in the mean of many canaries.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import WhisperForConditionalGeneration

from attune.audit.canaries import SECRETS, Canary, sentence
from stages.common.dataset.features import load_extractor, log_mel
from stages.common.dataset.labels import load_labeller

BY_CHANCE = float(np.mean(np.log2(len(SECRETS) / np.arange(1, len(SECRETS) + 1))))


def secret_losses(
    folder: Path, canaries: Sequence[Canary], language: str, written: bool
) -> np.ndarray:
    """Negative log-likelihood of each canary's sentence with each of `SECRETS`, given its masked
    audio.

    folder: a Whisper in transformers' format. Returns: nats, shape (canaries, secrets).
    """
    model = WhisperForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
    labeller, extractor = load_labeller(folder, language), load_extractor(folder)
    losses = []
    for canary in canaries:
        mel = torch.from_numpy(log_mel(extractor, canary.masked))[None]
        rows = [
            labeller([(0.0, 0.0, sentence(canary.opening, secret, written))], timed=False)
            for secret in SECRETS
        ]
        longest = max(map(len, rows))
        labels = torch.full((len(rows), longest), labeller.end)
        kept = torch.zeros((len(rows), longest))
        for number, row in enumerate(rows):
            labels[number, : len(row)] = torch.tensor(row)
            kept[number, : len(row)] = 1
        with torch.no_grad():
            encoded = model.model.encoder(mel).last_hidden_state
            logits = model(
                encoder_outputs=(encoded.expand(len(rows), -1, -1),),
                decoder_input_ids=labels[:, :-1],
            ).logits
            log_probs = torch.log_softmax(logits, -1).gather(2, labels[:, 1:, None])[..., 0]
        # The tokens of the opening are the same in every row.
        losses.append(-(log_probs * kept[:, 1:]).sum(1).numpy())
    return np.array(losses)


def exposures(losses: np.ndarray, canaries: Sequence[Canary]) -> np.ndarray:
    """Of each canary in bits, shape (canaries,). losses: see `secret_losses`; half a rank for a
    tie."""
    true = [SECRETS.index(canary.secret) for canary in canaries]
    own = losses[np.arange(len(true)), true][:, None]
    ranks = 1 + (losses < own).sum(1) + ((losses == own).sum(1) - 1) / 2
    return np.asarray(np.log2(len(SECRETS)) - np.log2(ranks))
