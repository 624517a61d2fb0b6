"""16 kHz mono samples in memory and as FLAC."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

Samples = npt.NDArray[np.float32]
"""In [-1, 1], shape (samples,)."""
Pcm16 = npt.NDArray[np.int16]
"""16-bit samples as files hold them, shape (samples,)."""

SAMPLE_RATE = 16_000
FULL_SCALE = 32768

_BLOCK = 60 * SAMPLE_RATE
"""Samples converted at once, so that an hour needs no float copy of itself."""
_FADE = 0.02
"""Seconds."""


def to_pcm(samples: Samples) -> Pcm16:
    """Round to 16 bits; samples that came from 16 bits come out unchanged."""
    pcm = np.empty(len(samples), np.int16)
    for at in range(0, len(samples), _BLOCK):
        scaled = np.rint(samples[at : at + _BLOCK] * np.float32(FULL_SCALE))
        pcm[at : at + _BLOCK] = np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1)
    return pcm


def write_flac(path: Path, pcm: Pcm16) -> None:
    soundfile.write(str(path), pcm, SAMPLE_RATE, format="FLAC", subtype="PCM_16")


def read_flac(path: Path) -> Samples:
    """The samples that `write_flac` wrote, as float32."""
    return to_samples(read_pcm(path, 0.0))


def to_samples(pcm: Pcm16) -> Samples:
    return np.divide(pcm, FULL_SCALE, dtype=np.float32)


def read_pcm(path: Path, gain_db: float) -> Pcm16:
    """The samples that `write_flac` wrote, amplified by `gain_db` and rounded to 16 bits."""
    factor = np.float32(10 ** (gain_db / 20))
    with soundfile.SoundFile(str(path)) as file:
        if file.samplerate != SAMPLE_RATE or file.channels != 1:
            raise ValueError(f"{file.samplerate} Hz, {file.channels} channels, not 16 kHz mono")
        pcm = np.empty(file.frames, np.int16)
        for at in range(0, len(pcm), _BLOCK):
            pcm[at : at + _BLOCK] = to_pcm(file.read(_BLOCK, dtype="float32") * factor)
    return pcm


def peak_of(samples: Samples | Pcm16) -> float:
    """The largest absolute value, without a copy of the samples; 0.0 if there are none."""
    return max(float(np.max(samples, initial=0)), -float(np.min(samples, initial=0)))


def first_half(samples: Samples) -> Samples:
    """The first half of a clip, faded out over 20 ms: a hard cut would be audible as a click.

    samples: 16 kHz, shape (n,) -> shape (n // 2,).
    """
    half = samples[: len(samples) // 2].copy()
    fade = min(len(half), round(_FADE * SAMPLE_RATE))
    if fade:
        half[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return half
