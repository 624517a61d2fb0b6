"""Simulated room of a recording: pauses, drifting level, one faint reflection, and noise."""

from __future__ import annotations

import numpy as np

from attune.speak.espeak import SAMPLE_RATE

_SPEECH_LEVEL = 0.06  # RMS of speech, relative to full scale
_MAX_PEAK = 0.9


def simulate_room(
    utterances: list[np.ndarray], closer: list[bool], draw: np.random.Generator
) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """Concatenate utterances with pauses, as recorded by one microphone in a room.

    Args:
        utterances: float32 at 16 kHz, each of shape (samples,).
        closer: for each utterance, whether its speaker sits closer to the microphone.

    Returns: float32 at 16 kHz, shape (samples,), and start and end of each utterance in seconds.
    """
    attenuation = 10 ** (draw.uniform(1.0, 4.0) / 20)
    pauses = 0.25 + 0.9 * draw.beta(1.2, 2.5, len(utterances))
    position = round(draw.uniform(0.4, 1.2) * SAMPLE_RATE)
    spans, starts = [], []
    for utterance, pause in zip(utterances, pauses, strict=True):
        starts.append(position)
        spans.append((position / SAMPLE_RATE, (position + utterance.size) / SAMPLE_RATE))
        position += utterance.size + round(float(pause) * SAMPLE_RATE)
    samples = np.zeros(position, np.float32)
    for start, utterance, near in zip(starts, utterances, closer, strict=True):
        level = _SPEECH_LEVEL / max(float(np.sqrt(np.mean(utterance**2))), 1e-4)
        gain = level if near else level / attenuation
        samples[start : start + utterance.size] = utterance * gain
    samples = _reflect(samples * _drift(samples.size, draw), draw)
    samples += _noise(samples.size, draw)
    peak = float(np.abs(samples).max())
    return (samples * min(1.0, _MAX_PEAK / peak)).astype(np.float32), spans


def _drift(size: int, draw: np.random.Generator) -> np.ndarray:
    """A gain that drifts by up to 2.5 dB in either direction over one to three minutes."""
    step = SAMPLE_RATE // 100  # the gain changes too slowly to need every sample
    seconds = np.arange(size // step + 1) * step / SAMPLE_RATE
    decibels = np.zeros(seconds.size)
    for period in (draw.uniform(50, 90), draw.uniform(100, 200)):
        decibels += 1.25 * np.sin(2 * np.pi * (seconds / period + draw.uniform()))
    return np.repeat((10 ** (decibels / 20)).astype(np.float32), step)[:size]


def _reflect(samples: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Add one faint, low-pass filtered reflection, as from a wall."""
    delay = int(draw.uniform(0.008, 0.02) * SAMPLE_RATE)
    reflected = np.convolve(samples, np.full(4, 0.25, np.float32), mode="same")
    out = samples.copy()
    out[delay:] += np.float32(draw.uniform(0.04, 0.1)) * reflected[:-delay]
    return out


def _noise(size: int, draw: np.random.Generator) -> np.ndarray:
    """Noise with a falling spectrum, 25 to 35 dB below the speech."""
    # About a minute; the inverse FFT makes it periodic, so it repeats without a discontinuity.
    period = 1 << 20
    spectrum = np.fft.rfft(draw.standard_normal(period, np.float32))
    spectrum /= np.sqrt(1 + (np.fft.rfftfreq(period, 1 / SAMPLE_RATE) / 400) ** 2)
    noise = np.resize(np.fft.irfft(spectrum, period).astype(np.float32), size)
    level = _SPEECH_LEVEL * 10 ** (-draw.uniform(25, 35) / 20)
    return noise * np.float32(level / float(np.sqrt(np.mean(noise**2))))
