"""Training speed relative to a large matrix product, and the share of time for features."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import torch
from transformers import WhisperConfig

from stages.common.dataset.features import load_extractor
from stages.common.dataset.split_storage import load_split
from stages.finetune.batches import WindowDataset, collate
from stages.finetune.log_mels import LogMels

_FRAMES, _POSITIONS = 3000, 1500


def flops_of_window(config: WhisperConfig, labels: int) -> float:
    """Floating-point operations of the matrix products of one window, forward and backward.

    Attention scores count once: recomputing them in the backward pass is optional.
    """
    size, inner = config.d_model, config.encoder_ffn_dim
    conv = 2 * 3 * size * (config.num_mel_bins * _FRAMES + size * _POSITIONS)
    layer = 2 * _POSITIONS * (4 * size**2 + 2 * size * inner) + 4 * _POSITIONS**2 * size
    encoder = conv + config.encoder_layers * layer
    own = 2 * labels * (4 * size**2 + 2 * size * config.decoder_ffn_dim) + 4 * labels**2 * size
    cross = 2 * labels * 2 * size**2 + 2 * _POSITIONS * 2 * size**2 + 4 * labels * _POSITIONS * size
    decoder = config.decoder_layers * (own + cross) + 2 * labels * size * config.vocab_size
    return float(3 * (encoder + decoder))


def matrix_rate(dtype: torch.dtype, size: int = 4096, rounds: int = 5) -> float:
    """Floating-point operations per second of a large matrix product, best of `rounds`."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    a, b = (torch.randn(size, size, device=device).to(dtype) for _ in range(2))
    best = float("inf")
    for _ in range(rounds):
        begin = time.perf_counter()
        a @ b
        if device == "cuda":
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - begin)
    return 2.0 * size**3 / best


def mean_labels(dataset: Path) -> float:
    return float(np.mean([len(labels) for labels in load_split(dataset)["labels"]]))


def seconds_of_features(model: Path, dataset: Path, batch: int, rounds: int = 5) -> float:
    """Median time from FLAC to log-mels for one batch."""
    windows, log_mels = WindowDataset(load_split(dataset)), LogMels(load_extractor(model))
    device = "cuda" if torch.cuda.is_available() else "cpu"
    times = []
    for _ in range(rounds + 1):
        begin = time.perf_counter()
        clips = collate([windows[index] for index in range(batch)])
        log_mels(clips["samples"].to(device), clips["frames"].to(device))
        if device == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - begin)
    return float(np.median(times[1:]))
