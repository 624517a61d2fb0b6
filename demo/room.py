"""The room a demo session is held in: pauses, slowly changing levels, a reflection and noise.

Mild on purpose: the demo's base model is small.
"""

from __future__ import annotations

import numpy as np

from demo.speech import SAMPLE_RATE

_SPEECH_LEVEL = 0.06  # root mean square of speech, of full scale
_HIGHEST_PEAK = 0.9


def seat(
    utterances: list[np.ndarray], closer: list[bool], draw: np.random.Generator
) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """Put utterances one after another into a room.

    closer: for each utterance, whether its speaker sits closer to the microphone.
    Returns: float32 samples at 16 kHz, and (start, end) in seconds of each utterance.
    """
    apart = 10 ** (draw.uniform(1.0, 4.0) / 20)
    pauses = 0.3 + 1.2 * draw.beta(1.2, 2.5, len(utterances))
    at = round(draw.uniform(0.4, 1.2) * SAMPLE_RATE)
    spans, starts = [], []
    for utterance, pause in zip(utterances, pauses, strict=True):
        starts.append(at)
        spans.append((at / SAMPLE_RATE, (at + utterance.size) / SAMPLE_RATE))
        at += utterance.size + round(float(pause) * SAMPLE_RATE)
    samples = np.zeros(at, np.float32)
    for start, utterance, near in zip(starts, utterances, closer, strict=True):
        level = _SPEECH_LEVEL / max(float(np.sqrt(np.mean(utterance**2))), 1e-4)
        samples[start : start + utterance.size] = utterance * (level if near else level / apart)
    samples = _reflect(samples * _drift(samples.size, draw), draw)
    samples += _noise(samples.size, draw)
    peak = float(np.abs(samples).max())
    return (samples * min(1.0, _HIGHEST_PEAK / peak)).astype(np.float32), spans


def _drift(size: int, draw: np.random.Generator) -> np.ndarray:
    """A gain that wanders by up to about 2.5 dB either way over a minute or two."""
    step = SAMPLE_RATE // 100  # the gain changes too slowly to need every sample
    seconds = np.arange(size // step + 1) * step / SAMPLE_RATE
    decibels = np.zeros(seconds.size)
    for period in (draw.uniform(50, 90), draw.uniform(100, 200)):
        decibels += 1.25 * np.sin(2 * np.pi * (seconds / period + draw.uniform()))
    return np.repeat((10 ** (decibels / 20)).astype(np.float32), step)[:size]


def _reflect(samples: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Add one faint, dull reflection, as from a wall."""
    delay = int(draw.uniform(0.008, 0.02) * SAMPLE_RATE)
    dull = np.convolve(samples, np.full(4, 0.25, np.float32), mode="same")
    out = samples.copy()
    out[delay:] += np.float32(draw.uniform(0.04, 0.1)) * dull[:-delay]
    return out


def _noise(size: int, draw: np.random.Generator) -> np.ndarray:
    """Noise that falls towards high frequencies, 25 to 35 dB below the speech."""
    # A minute of noise, made circular by the transform, so it repeats without a seam.
    minute = 1 << 20
    spectrum = np.fft.rfft(draw.standard_normal(minute, np.float32))
    spectrum /= np.sqrt(1 + (np.fft.rfftfreq(minute, 1 / SAMPLE_RATE) / 400) ** 2)
    noise = np.resize(np.fft.irfft(spectrum, minute).astype(np.float32), size)
    level = _SPEECH_LEVEL * 10 ** (-draw.uniform(25, 35) / 20)
    return noise * np.float32(level / float(np.sqrt(np.mean(noise**2))))
