"""Building blocks of synthetic audio, for the probes without speech in nonspeech.py."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stages.common.audio.samples import SAMPLE_RATE, Samples

Wave = npt.NDArray[np.float64]
"""16 kHz mono at any level, shape (samples,)."""

LOWEST_HZ = 20.0
"""Limit of hearing: most of the power of brown noise would lie below."""
_PEAK = 0.99


def rms(samples: Samples | Wave) -> float:
    """Root mean square, in double precision; 0.0 if there are no samples."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0


def at_unit_rms(wave: Wave) -> Wave:
    return wave / max(rms(wave), 1e-12)


def limit_peak(wave: Wave) -> Samples:
    """Scale the whole down if a peak exceeds 0.99 of full scale, so that nothing clips."""
    peak = float(np.max(np.abs(wave), initial=0.0))
    return (wave * min(1.0, _PEAK / max(peak, 1e-12))).astype(np.float32)


def colour_noise(white: Wave, slope: float, cutoff_hz: float = 0.0) -> Wave:
    """Noise whose power falls by 3 dB per octave times `slope`: 0 is white, 1 pink, 2 brown.

    Args:
        white: white noise; the level of the result is not normalized.
        slope: applies above 20 Hz, below which the spectrum is flat.
        cutoff_hz: lower frequencies are removed.
    """
    spectrum = np.fft.rfft(white)
    hertz = np.fft.rfftfreq(len(white), 1 / SAMPLE_RATE)
    spectrum[hertz < cutoff_hz] = 0
    return np.fft.irfft(spectrum * np.maximum(hertz, LOWEST_HZ) ** (-slope / 2), len(white))


def room_noise(length: int, generator: np.random.Generator) -> Wave:
    """Pink noise at an RMS of 1, the background of a quiet room."""
    return at_unit_rms(colour_noise(generator.standard_normal(length), 1, LOWEST_HZ))


def band_pass(wave: Wave, low: float, high: float) -> Wave:
    """Keep the band between `low` and `high` in Hz; slopes of 12 dB per octave on either side."""
    hertz = np.maximum(np.fft.rfftfreq(len(wave), 1 / SAMPLE_RATE), 1e-3)
    gain = np.minimum(1, (hertz / low) ** 2) * np.minimum(1, (high / hertz) ** 2)
    return np.fft.irfft(np.fft.rfft(wave) * gain, len(wave))


def random_drift(length: int, generator: np.random.Generator, per_second: float) -> Wave:
    """Random values in [-1, 1], `per_second` of them, with linear interpolation between."""
    turns = int(length / SAMPLE_RATE * per_second) + 2
    at = np.linspace(0, turns - 1, length)
    return np.interp(at, np.arange(turns), generator.uniform(-1, 1, turns))


def add_at(wave: Wave, start: float, sound: Wave, gain: float) -> None:
    """Add `sound` to `wave` from `start` (seconds) on; samples past the end are dropped."""
    first = round(start * SAMPLE_RATE)
    room = max(0, len(wave) - first)
    wave[first : first + len(sound)] += gain * sound[:room]


def reverberation_tail(rt60: float, generator: np.random.Generator) -> Wave:
    """Impulse response of a room after the direct sound: exponentially decaying noise.

    Source: Polack 1988, "La transmission de l'énergie sonore dans les salles".

    rt60: seconds in which it decays by 60 dB; also its length.
    """
    seconds = np.arange(1, round(rt60 * SAMPLE_RATE)) / SAMPLE_RATE
    tail: Wave = generator.standard_normal(len(seconds)) * 10 ** (-3 * seconds / rt60)
    return tail


def unit_norm(tail: Wave) -> Wave:
    return np.asarray(tail / np.linalg.norm(tail))


def reverberate(wave: Wave, tail: Wave) -> Wave:
    """Convolve with the direct sound, an impulse of 1, and `tail`; the length stays."""
    response = np.concatenate([[1.0], tail])
    size = 1 << (len(wave) + len(response) - 1).bit_length()
    spectrum = np.fft.rfft(wave, size) * np.fft.rfft(response, size)
    return np.fft.irfft(spectrum, size)[: len(wave)]
