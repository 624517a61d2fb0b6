"""Exactly repeatable training: one seed, and sums in one order."""

from __future__ import annotations

import os

import torch
from transformers import set_seed


def make_deterministic(seed: int) -> None:
    """Seed every generator and use deterministic algorithms alone.

    Otherwise threads add to the gradient of the decoder's position embedding in the order in which
    they finish.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    # Deterministic mode also fills new memory, which is written before it is read: 2 % of a step.
    torch.utils.deterministic.fill_uninitialized_memory = False
    set_seed(seed)
