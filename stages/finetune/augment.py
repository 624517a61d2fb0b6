"""Training audio as other rooms, microphones and lines would have it.

Every draw comes from the run's seed, the epoch and the window's place alone: a resumed run, and any
number of workers, hear the same. Times in the labels move with the speed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import soxr

from stages.common.audio.samples import SAMPLE_RATE
from stages.common.core.params import Augment
from stages.common.dataset.features import FRAMES

_LONGEST = FRAMES * 160
_TIMES = 1501
_PEAK = 0.99
_BAND = (300.0, 3_400.0)
"""Hz that a telephone passes."""
_EDGE = 60.0
_RT60 = (0.15, 0.7)
"""Seconds in which a room's echo falls by 60 dB."""
_DIRECT_DB = (0.0, 12.0)
"""By how much the voice itself is stronger than all of its echo."""

Draw = np.random.Generator


def drawing(seed: int, epoch: int, index: int) -> Draw:
    return np.random.default_rng([seed, epoch, index])


def augment(
    samples: np.ndarray, labels: np.ndarray, first_time: int, settings: Augment, draw: Draw
) -> tuple[np.ndarray, np.ndarray]:
    """Each kind with its probability: speed, echo, noise, telephone, gain.

    Args:
        samples: float32 at 16 kHz, shape (n,), n <= 480,000, in [-1, 1].
        labels: token ids; those of times begin with `first_time`.

    Returns: both anew, in the same form; what is drawn off comes back as it was.
    """
    # Drawn before any is used, so that one kind's probability moves no other's draws.
    chances = draw.random(5)
    draws = draw.spawn(5)
    if chances[0] < settings.speed:
        factor = draws[0].uniform(*settings.speed_factors)
        samples, labels = faster(samples, labels, first_time, factor)
    steps: tuple[tuple[float, Callable[[np.ndarray, Draw], np.ndarray]], ...] = (
        (settings.reverb, echoed),
        (settings.noise, lambda x, d: noisy(x, d.uniform(*settings.noise_snr_db), d)),
        (settings.telephone, lambda x, _: telephoned(x)),
        (settings.gain, lambda x, d: louder(x, d.uniform(*settings.gain_db))),
    )
    for chance, own, (probability, change) in zip(chances[1:], draws[1:], steps, strict=True):
        if chance < probability:
            samples = _limited(change(samples, own))
    return samples, labels


def faster(
    samples: np.ndarray, labels: np.ndarray, first_time: int, factor: float
) -> tuple[np.ndarray, np.ndarray]:
    """Played `factor` times as fast, pitch and all; never longer than 30 s."""
    factor = max(factor, len(samples) / _LONGEST)
    played = soxr.resample(samples, factor * SAMPLE_RATE, SAMPLE_RATE)[:_LONGEST]
    times = (labels >= first_time) & (labels < first_time + _TIMES)
    moved = first_time + np.rint((labels - first_time) / factor).astype(labels.dtype)
    within = np.minimum(moved, first_time + _TIMES - 1)
    return _limited(played), np.where(times, within, labels)


def echoed(samples: np.ndarray, draw: Draw) -> np.ndarray:
    """In a room: the voice, then an echo of noise that dies away (Polack 1988). Level kept."""
    rt60 = draw.uniform(*_RT60)
    at = np.arange(1, round(rt60 * SAMPLE_RATE)) / SAMPLE_RATE
    tail = draw.standard_normal(len(at)) * 10 ** (-3 * at / rt60)
    tail *= 10 ** (-draw.uniform(*_DIRECT_DB) / 20) / np.linalg.norm(tail)
    heard = _convolved(samples, np.concatenate([[1.0], tail]))
    return heard * _rms(samples) / max(_rms(heard), 1e-9)


def noisy(samples: np.ndarray, snr_db: float, draw: Draw) -> np.ndarray:
    """With noise between white and brown, `snr_db` under the recording's own power."""
    spectrum = np.fft.rfft(draw.standard_normal(len(samples)))
    hertz = np.maximum(np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE), 20.0)
    noise = np.fft.irfft(spectrum * hertz ** -draw.uniform(0.0, 1.0), len(samples))
    noise *= _rms(samples) * 10 ** (-snr_db / 20) / max(_rms(noise), 1e-9)
    mixed: np.ndarray = samples + noise
    return mixed


def telephoned(samples: np.ndarray) -> np.ndarray:
    """Without what a telephone does not pass."""
    hertz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    passes = np.clip((hertz - _BAND[0]) / _EDGE + 0.5, 0, 1)
    passes *= np.clip((_BAND[1] - hertz) / _EDGE + 0.5, 0, 1)
    return np.fft.irfft(np.fft.rfft(samples) * passes, len(samples))


def louder(samples: np.ndarray, decibels: float) -> np.ndarray:
    changed: np.ndarray = samples * 10 ** (decibels / 20)
    return changed


def _limited(samples: np.ndarray) -> np.ndarray:
    """No louder than full scale: made softer as a whole, never clipped."""
    peak = float(np.max(np.abs(samples), initial=0.0))
    return (samples * min(1.0, _PEAK / max(peak, 1e-9))).astype(np.float32)


def _convolved(samples: np.ndarray, response: np.ndarray) -> np.ndarray:
    size = 1 << (len(samples) + len(response) - 1).bit_length()
    product = np.fft.rfft(samples, size) * np.fft.rfft(response, size)
    return np.fft.irfft(product, size)[: len(samples)]


def _rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0
