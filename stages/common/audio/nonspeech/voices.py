"""Distant voices, without words."""

from __future__ import annotations

import numpy as np

from stages.common.audio.samples import SAMPLE_RATE
from stages.common.audio.synthesis import (
    Wave,
    at_unit_rms,
    band_pass,
    random_drift,
    reverberate,
    reverberation_tail,
    room_noise,
)

_FORMANTS_HZ = ((250, 800), (800, 1_800), (1_800, 3_000))


def far_voices(length: int, generator: np.random.Generator) -> Wave:
    """Three voices as through a wall: the band from 150 to 1,200 Hz, with long reverberation."""
    wave = np.zeros(length)
    for _ in range(3):
        wave += at_unit_rms(_babble(length, generator))
    muffled = band_pass(wave, 150, 1_200)
    tail = reverberation_tail(0.9, generator)
    far = reverberate(muffled, tail / np.linalg.norm(tail))
    return at_unit_rms(far) + 0.1 * room_noise(length, generator)


def _babble(length: int, generator: np.random.Generator) -> Wave:
    """Glottal pulses and noise through three formants that move at random, so that they form no
    words; about four syllables per second, with pauses."""
    at = np.arange(length) / SAMPLE_RATE
    pitch = generator.uniform(90, 220) * (1 + 0.15 * random_drift(length, generator, 2.0))
    phase = np.cumsum(pitch) / SAMPLE_RATE
    pulses = np.diff(np.floor(phase), prepend=0.0) + 0.05 * generator.standard_normal(length)
    pulses = band_pass(pulses, 60, 500)  # the spectrum of a voice falls towards high frequencies
    voice = np.zeros(length)
    for low, high in _FORMANTS_HZ:
        lower_share = 0.5 + 0.5 * random_drift(length, generator, 5.0)
        middle = (low + high) / 2
        voice += lower_share * band_pass(pulses, low, middle) + (1 - lower_share) * band_pass(
            pulses, middle, high
        )
    rate = 4 * (1 + 0.2 * random_drift(length, generator, 1.0))
    syllables = 0.5 - 0.5 * np.cos(2 * np.pi * np.cumsum(rate) / SAMPLE_RATE)
    phrases = at / generator.uniform(3, 6) + generator.random()
    pauses = np.clip(4 * np.sin(2 * np.pi * phrases) + 2, 0, 1)
    babble: Wave = voice * syllables**2 * pauses
    return babble
