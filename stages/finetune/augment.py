"""Augmentation: training audio as other speakers, rooms, microphones and lines would have it.

Every random number follows from the run's seed, the epoch and the window's index alone, so that a
resumed run and any number of workers get the same audio. Timestamps in the labels follow the speed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import soxr

from stages.common.audio.samples import SAMPLE_RATE
from stages.common.core.params import Augment
from stages.common.dataset.features import FRAMES

_LONGEST = FRAMES * 160
"""Samples in 30 s."""
_TIMES = 1501
"""Timestamp tokens: 0 to 30 s in steps of 20 ms."""
_PEAK = 0.99
_BAND_HZ = (300.0, 3_400.0)
"""Passband of a telephone line."""
_EDGE_HZ = 60.0
"""Width of the slopes on either side of the band."""
_RT60 = (0.15, 0.7)
"""Reverberation times: seconds in which a room's echo decays by 60 dB."""
_DIRECT_DB = (0.0, 12.0)
"""Level of the direct sound above that of the whole reverberation."""


def window_generator(seed: int, epoch: int, index: int) -> np.random.Generator:
    """The random numbers of one window in one epoch."""
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
        (settings.gain, lambda x, own: change_gain(x, own.uniform(*settings.gain_db))),
    )
    for chance, own, (probability, change) in zip(chances[1:], generators[1:], steps, strict=True):
        if chance < probability:
            samples = _limited(change(samples, own))
    return samples, labels


def change_speed(
    samples: np.ndarray, labels: np.ndarray, first_time: int, factor: float
) -> tuple[np.ndarray, np.ndarray]:
    """Speed and pitch times `factor`, or more where the result would be longer than 30 s."""
    factor = max(factor, len(samples) / _LONGEST)
    resampled = soxr.resample(samples, factor * SAMPLE_RATE, SAMPLE_RATE)[:_LONGEST]
    times = (labels >= first_time) & (labels < first_time + _TIMES)
    moved = first_time + np.rint((labels - first_time) / factor).astype(labels.dtype)
    within = np.minimum(moved, first_time + _TIMES - 1)
    return _limited(resampled), np.where(times, within, labels)


def add_reverberation(samples: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Direct sound and exponentially decaying noise as the room's impulse response (Polack 1988).
    The level stays."""
    rt60 = generator.uniform(*_RT60)
    seconds = np.arange(1, round(rt60 * SAMPLE_RATE)) / SAMPLE_RATE
    tail = generator.standard_normal(len(seconds)) * 10 ** (-3 * seconds / rt60)
    tail *= 10 ** (-generator.uniform(*_DIRECT_DB) / 20) / np.linalg.norm(tail)
    wet = _convolved(samples, np.concatenate([[1.0], tail]))
    return wet * _rms(samples) / max(_rms(wet), 1e-9)


def add_noise(samples: np.ndarray, snr_db: float, generator: np.random.Generator) -> np.ndarray:
    """Noise between white and brown, `snr_db` below the power of the whole window."""
    spectrum = np.fft.rfft(generator.standard_normal(len(samples)))
    hertz = np.maximum(np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE), 20.0)
    noise = np.fft.irfft(spectrum * hertz ** -generator.uniform(0.0, 1.0), len(samples))
    noise *= _rms(samples) * 10 ** (-snr_db / 20) / max(_rms(noise), 1e-9)
    mixed: np.ndarray = samples + noise
    return mixed


def limit_to_telephone_band(samples: np.ndarray) -> np.ndarray:
    hertz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    gain = np.clip((hertz - _BAND_HZ[0]) / _EDGE_HZ + 0.5, 0, 1)
    gain *= np.clip((_BAND_HZ[1] - hertz) / _EDGE_HZ + 0.5, 0, 1)
    return np.fft.irfft(np.fft.rfft(samples) * gain, len(samples))


def change_gain(samples: np.ndarray, decibels: float) -> np.ndarray:
    changed: np.ndarray = samples * 10 ** (decibels / 20)
    return changed


def _limited(samples: np.ndarray) -> np.ndarray:
    """Scaled down as a whole if a peak exceeds full scale; never clipped."""
    peak = float(np.max(np.abs(samples), initial=0.0))
    return (samples * min(1.0, _PEAK / max(peak, 1e-9))).astype(np.float32)


def _convolved(samples: np.ndarray, response: np.ndarray) -> np.ndarray:
    size = 1 << (len(samples) + len(response) - 1).bit_length()
    product = np.fft.rfft(samples, size) * np.fft.rfft(response, size)
    return np.fft.irfft(product, size)[: len(samples)]


def _rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0
