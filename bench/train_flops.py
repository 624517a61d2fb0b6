"""Floating-point operations of training on one window."""

from __future__ import annotations

from transformers import WhisperConfig

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
