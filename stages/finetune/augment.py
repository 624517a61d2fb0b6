"""Augmentation: training audio as other speakers, rooms, microphones and lines would have it.

Every random number follows from the run's seed, the epoch and the window's index alone, so that a
resumed run and any number of workers get the same audio. Timestamps in the labels follow the speed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import soxr

from stages.common.audio.samples import SAMPLE_RATE
from stages.common.audio.synthesis import (
    colour_noise,
    limit_peak,
    reverberate,
    reverberation_tail,
    rms,
)
from stages.common.core.params import Augment
from stages.common.dataset.features import MAX_SAMPLES
from stages.common.dataset.labels import TIMESTAMPS

_BAND_HZ = (300.0, 3_400.0)
"""Passband of a telephone line."""
_EDGE_HZ = 60.0
"""Width of the slopes on either side of the band."""
_RT60 = (0.15, 0.7)
"""Reverberation times: seconds in which a room's echo decays by 60 dB."""
_DIRECT_DB = (0.0, 12.0)
"""Level of the direct sound above that of the whole reverberation."""


def window_generator(seed: int, epoch: int, index: int) -> np.random.Generator:
    return np.random.default_rng([seed, epoch, index])


def augment(
    samples: np.ndarray,
    labels: np.ndarray,
    first_time: int,
    settings: Augment,
    generator: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Speed, reverberation, noise, telephone band and gain, each with its probability.

    Args:
        samples: float32 at 16 kHz, shape (n,), n <= 480,000, in [-1, 1].
        labels: token ids; `first_time` is the id of the timestamp 0.0.

    Returns: new samples and labels of the same form, or the inputs where nothing is applied.
    """
    # All are drawn before any is used, so that the probability of one kind does not change the
    # random numbers of another.
    chances = generator.random(5)
    generators = generator.spawn(5)
    if chances[0] < settings.speed:
        factor = generators[0].uniform(*settings.speed_factors)
        samples, labels = change_speed(samples, labels, first_time, factor)
    steps: tuple[tuple[float, Callable[[np.ndarray, np.random.Generator], np.ndarray]], ...] = (
        (settings.reverb, add_reverberation),
        (settings.noise, lambda x, own: add_noise(x, own.uniform(*settings.noise_snr_db), own)),
        (settings.telephone, lambda x, _: limit_to_telephone_band(x)),
        (settings.gain, lambda x, own: x * 10 ** (own.uniform(*settings.gain_db) / 20)),
    )
    for chance, own, (probability, change) in zip(chances[1:], generators[1:], steps, strict=True):
        if chance < probability:
            samples = limit_peak(change(samples, own))
    return samples, labels


def change_speed(
    samples: np.ndarray, labels: np.ndarray, first_time: int, factor: float
) -> tuple[np.ndarray, np.ndarray]:
    """Speed and pitch times `factor`, or more where the result would be longer than 30 s."""
    factor = max(factor, len(samples) / MAX_SAMPLES)
    resampled = soxr.resample(samples, factor * SAMPLE_RATE, SAMPLE_RATE)[:MAX_SAMPLES]
    times = (labels >= first_time) & (labels < first_time + TIMESTAMPS)
    moved = first_time + np.rint((labels - first_time) / factor).astype(labels.dtype)
    within = np.minimum(moved, first_time + TIMESTAMPS - 1)
    return limit_peak(resampled), np.where(times, within, labels)


def add_reverberation(samples: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Convolve with the impulse response of a room drawn at random. The level stays."""
    tail = reverberation_tail(generator.uniform(*_RT60), generator)
    tail *= 10 ** (-generator.uniform(*_DIRECT_DB) / 20) / np.linalg.norm(tail)
    wet = reverberate(samples, tail)
    return wet * rms(samples) / max(rms(wet), 1e-9)


def add_noise(samples: np.ndarray, snr_db: float, generator: np.random.Generator) -> np.ndarray:
    """Noise between white and brown, `snr_db` below the power of the whole window."""
    white = generator.standard_normal(len(samples))
    noise = colour_noise(white, slope=2 * generator.uniform(0.0, 1.0))
    noise *= rms(samples) * 10 ** (-snr_db / 20) / max(rms(noise), 1e-9)
    return np.asarray(samples + noise)


def limit_to_telephone_band(samples: np.ndarray) -> np.ndarray:
    hertz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    gain = np.clip((hertz - _BAND_HZ[0]) / _EDGE_HZ + 0.5, 0, 1)
    gain *= np.clip((_BAND_HZ[1] - hertz) / _EDGE_HZ + 0.5, 0, 1)
    return np.fft.irfft(np.fft.rfft(samples) * gain, len(samples))
