"""Short impacts: typing on a keyboard, knocking on a door."""

from __future__ import annotations

import numpy as np

from stages.common.audio.samples import SAMPLE_RATE
from stages.common.audio.synthesis import (
    Wave,
    add_at,
    band_pass,
    reverberate,
    reverberation_tail,
    room_noise,
)


def clicks(length: int, generator: np.random.Generator) -> Wave:
    """Typing: bursts of a few ms, 3 to 7 per second, in runs with pauses, over a quiet room."""
    wave = 0.01 * room_noise(length, generator)
    at = np.arange(round(0.03 * SAMPLE_RATE)) / SAMPLE_RATE
    start = 0.3
    while start < length / SAMPLE_RATE:
        click = band_pass(generator.standard_normal(len(at)), 1_000, 7_000) * np.exp(-at / 0.004)
        add_at(wave, start, click, generator.uniform(0.3, 1.0))
        pause = generator.random() < 0.1
        start += generator.uniform(1.0, 2.5) if pause else generator.uniform(0.14, 0.33)
    return wave


def knocks(length: int, generator: np.random.Generator) -> Wave:
    """Three or four low thuds on a door, then a pause, in a room with echo."""
    wave = 0.005 * room_noise(length, generator)
    at = np.arange(round(0.15 * SAMPLE_RATE)) / SAMPLE_RATE
    start = 0.5
    while start < length / SAMPLE_RATE:
        for knock in range(generator.integers(3, 5)):
            thud = band_pass(generator.standard_normal(len(at)), 80, 700) * np.exp(-at / 0.02)
            add_at(wave, start + 0.28 * knock, thud, generator.uniform(0.7, 1.0))
        start += generator.uniform(2.0, 3.5)
    tail = reverberation_tail(0.4, generator)
    return reverberate(wave, tail / np.linalg.norm(tail))
