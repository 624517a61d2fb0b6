"""Exposure of canaries: how high a model ranks the secret that occurred in training.

Carlini et al. 2019: log2(possible secrets) - log2(rank of the true one). A model that learned
nothing ranks at random: 1.4 bits on average.
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
        losses.append(_row_losses(model, mel, rows))
    return np.array(losses)


def _row_losses(
    model: WhisperForConditionalGeneration, mel: torch.Tensor, rows: Sequence[Sequence[int]]
) -> np.ndarray:
    """Negative log-likelihood of each of `rows` after their common prefix.

    All in one sequence: the prefix, then the rest of each row, which attends to these and to
    itself alone. As a batch, each row would read its own copy of the audio's keys and values, which
    takes 30 times as long. mel: (1, mels, 3000). Returns: shape (rows,).
    """
    common = next(at for at, tokens in enumerate(zip(*rows, strict=False)) if len({*tokens}) > 1)
    rests = [row[common:] for row in rows]
    owners = torch.tensor([-1] * common + [n for n, rest in enumerate(rests) for _ in rest[:-1]])
    places = torch.tensor(
        [*range(common), *(common + at for r in rests for at in range(len(r) - 1))]
    )
    inputs = torch.tensor([*rows[0][:common], *(token for rest in rests for token in rest[:-1])])
    shared = owners[None, :] == -1
    seen = (shared | (owners[:, None] == owners)) & (places[:, None] >= places)
    mask = torch.where(seen, 0.0, torch.finfo(torch.float32).min)
    with torch.no_grad():
        hidden = model.model.decoder(
            input_ids=inputs[None],
            attention_mask=mask[None, None],
            encoder_hidden_states=model.model.encoder(mel).last_hidden_state,
            position_ids=places[None],
            use_cache=False,
        ).last_hidden_state[0]
        log_probs = torch.log_softmax(model.proj_out(hidden[common - 1 :]), -1)
    losses, at = [], 1
    for rest in rests:
        length = len(rest) - 1
        own = log_probs[at : at + length].gather(1, torch.tensor(rest[1:])[:, None]).sum()
        losses.append(-float(log_probs[0, rest[0]] + own))
        at += length
    return np.array(losses)


def exposures(losses: np.ndarray, canaries: Sequence[Canary]) -> np.ndarray:
    """Exposure of each canary in bits, shape (canaries,); a tie counts half a rank.

    losses: see `secret_losses`.
    """
    true = [SECRETS.index(canary.secret) for canary in canaries]
    own = losses[np.arange(len(true)), true][:, None]
    ranks = 1 + (losses < own).sum(1) + ((losses == own).sum(1) - 1) / 2
    return np.asarray(np.log2(len(SECRETS)) - np.log2(ranks))
