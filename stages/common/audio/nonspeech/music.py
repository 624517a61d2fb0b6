"""Music: a melody over chords, and a drum kit."""

from __future__ import annotations

import numpy as np

from stages.common.audio.samples import SAMPLE_RATE
from stages.common.audio.synthesis import Wave, add_at, band_pass

_PENTATONIC = (0, 2, 4, 7, 9, 12, 14, 16)
"""Semitones above the root."""


def melody(length: int, generator: np.random.Generator) -> Wave:
    """Decaying notes of a pentatonic scale, two per beat, and a chord every fourth beat."""
    wave = np.zeros(length)
    root = generator.uniform(110, 220)
    scale = root * 2 ** (np.array(_PENTATONIC) / 12)
    beat = 60 / generator.uniform(70, 120)
    for step, start in enumerate(np.arange(0, length / SAMPLE_RATE, beat / 2)):
        notes = [generator.choice(scale) * 2]
        if step % 8 == 0:
            notes += [scale[0] / 2, scale[generator.integers(1, 4)], scale[3]]
        for hertz in notes:
            sound = _note(hertz, generator.uniform(0.4, 1.2))
            add_at(wave, start, sound, generator.uniform(0.4, 1.0))
    return wave


def drums(length: int, generator: np.random.Generator) -> Wave:
    """A bass drum on the beat, a snare on every other beat, a cymbal between."""
    wave = np.zeros(length)
    beat = 60 / generator.uniform(80, 130)
    at = np.arange(round(0.2 * SAMPLE_RATE)) / SAMPLE_RATE
    for step, start in enumerate(np.arange(0.1, length / SAMPLE_RATE, beat / 2)):
        hiss = generator.standard_normal(len(at))
        if step % 2:
            sound = 0.15 * band_pass(hiss, 4_000, 8_000) * np.exp(-at / 0.02)
        elif step % 4:
            sound = 0.5 * band_pass(hiss, 200, 4_000) * np.exp(-at / 0.05)
        else:
            sound = np.sin(2 * np.pi * (50 * at + 4 * (1 - np.exp(-at / 0.03)))) * np.exp(-at / 0.1)
        add_at(wave, start, sound, generator.uniform(0.7, 1.0))
    return wave


def _note(hertz: float, seconds: float) -> Wave:
    """Six harmonics with a short attack and an exponential decay."""
    at = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    wave = sum(np.sin(2 * np.pi * hertz * k * at) / k**1.5 for k in range(1, 7))
    return np.asarray(wave * np.minimum(1, at / 0.01) * np.exp(-3 * at / seconds))
