"""Background sounds: silence, noise, mains hum, breathing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from stages.common.audio.samples import SAMPLE_RATE
from stages.common.audio.synthesis import Wave, at_unit_rms, band_pass, colour_noise, room_noise

Synthesizer = Callable[[int, np.random.Generator], Wave]
"""(samples, generator) -> a wave of that length at any level."""

_LOWEST_HZ = 20.0
"""Limit of hearing: most of the power of brown noise would lie below."""


def silence(length: int, generator: np.random.Generator) -> Wave:
    return np.zeros(length)


def noise(slope: float) -> Synthesizer:
    """Noise whose power falls by 3 dB per octave times `slope`."""
    return lambda length, generator: colour_noise(
        generator.standard_normal(length), slope, _LOWEST_HZ
    )


def hum(hertz: float) -> Synthesizer:
    """Eight harmonics of the mains frequency, with amplitudes of 1/n, over some noise."""

    def synthesize(length: int, generator: np.random.Generator) -> Wave:
        at = np.arange(length) / SAMPLE_RATE
        wave = 0.03 * room_noise(length, generator)
        for harmonic in range(1, 9):
            phase = generator.uniform(0, 2 * np.pi)
            wave += np.sin(2 * np.pi * hertz * harmonic * at + phase) / harmonic
        return wave

    return synthesize


def breathing(per_minute: float) -> Synthesizer:
    """Short bright inhalations, long dark exhalations and a rest, over a quiet room."""

    def synthesize(length: int, generator: np.random.Generator) -> Wave:
        bright = at_unit_rms(band_pass(generator.standard_normal(length), 600, 4_000))
        dark = at_unit_rms(band_pass(generator.standard_normal(length), 200, 1_500))
        wave = 0.02 * room_noise(length, generator)
        start = 0.2
        while start < length / SAMPLE_RATE:
            cycle = 60 / per_minute * generator.uniform(0.9, 1.1)
            wave += bright * _swell(length, start, 0.35 * cycle) * generator.uniform(0.5, 0.8)
            wave += dark * _swell(length, start + 0.4 * cycle, 0.45 * cycle)
            start += cycle
        return wave

    return synthesize


def _swell(length: int, start: float, seconds: float) -> Wave:
    """An envelope that rises to 1 and falls again, from `start` on."""
    at = (np.arange(length) / SAMPLE_RATE - start) / seconds
    return np.where((at > 0) & (at < 1), np.sin(np.pi * np.clip(at, 0, 1)) ** 2, 0.0)
