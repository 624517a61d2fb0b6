"""Synthetic sound without speech to train on: silence, noise, rooms and breathing.

None is a clip of the hallucination tests (nonspeech.py): levels, spectra and rates are drawn at
random here and fixed there. Hum, music, drums, clicks, knocks and far voices are left to the tests,
so that these still show what a model writes on sounds that it was not trained on.
"""

from __future__ import annotations

import numpy as np

from stages.common.audio.nonspeech import breathing
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.audio.synthesis import (
    LOWEST_HZ,
    Wave,
    at_unit_rms,
    band_pass,
    colour_noise,
    limit_peak,
    random_drift,
    room_noise,
)

_KINDS = ("silence", "noise", "room", "breathing")
_CHANCES = (0.1, 0.3, 0.3, 0.3)
_DBFS = (-70.0, -25.0)
"""RMS levels."""


def background(seconds: float, generator: np.random.Generator) -> Samples:
    """A sound of a kind drawn at random; shape (samples,), 16 kHz."""
    length = round(seconds * SAMPLE_RATE)
    kind = generator.choice(_KINDS, p=_CHANCES)
    if kind == "silence":
        return np.zeros(length, np.float32)
    if kind == "noise":
        white = generator.standard_normal(length)
        wave = colour_noise(white, generator.uniform(0, 2), LOWEST_HZ)
    elif kind == "room":
        wave = _room(length, generator)
    else:
        wave = breathing(length, generator, per_minute=generator.uniform(8, 24))
    return limit_peak(at_unit_rms(wave) * 10 ** (generator.uniform(*_DBFS) / 20))


def _room(length: int, generator: np.random.Generator) -> Wave:
    """Pink noise in a band of its own, as of ventilation or a street, that swells and fades."""
    low, high = generator.uniform(20, 200), generator.uniform(1_000, 8_000)
    swell = 1 + generator.uniform(0, 0.8) * random_drift(length, generator, 0.5)
    return band_pass(room_noise(length, generator), low, high) * swell
