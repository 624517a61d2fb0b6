"""16 kHz mono samples in memory and as FLAC."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

Samples = npt.NDArray[np.float32]

SAMPLE_RATE = 16_000

_WRITTEN_AT_ONCE = 60 * SAMPLE_RATE


def write_flac(path: Path, samples: Samples) -> None:
    """Write 16 kHz mono as 16-bit FLAC; samples that came from 16 bits come out unchanged."""
    with soundfile.SoundFile(str(path), "w", SAMPLE_RATE, 1, "PCM_16", format="FLAC") as file:
        for at in range(0, len(samples), _WRITTEN_AT_ONCE):
            scaled = np.rint(samples[at : at + _WRITTEN_AT_ONCE] * np.float32(32768))
            file.write(np.clip(scaled, -32768, 32767).astype(np.int16))


def read_flac(path: Path) -> Samples:
    """What `write_flac` wrote, shape (samples,)."""
    samples, rate = soundfile.read(str(path), dtype="float32")
    if rate != SAMPLE_RATE or samples.ndim != 1:
        raise ValueError(f"{rate} Hz with shape {samples.shape}, not 16 kHz mono")
    return np.asarray(samples, np.float32)


def peak_of(samples: Samples) -> float:
    """The largest distance from 0, without a copy of the samples; 0.0 if there are none."""
    return float(max(np.max(samples, initial=0.0), -np.min(samples, initial=0.0)))


_FADE = 0.02


def first_half(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """A clip's first half, which ends in a fade of 20 ms: a click would be a sound of its own.

    samples: 16 kHz, shape (n,) -> shape (n // 2,).
    """
    half = samples[: len(samples) // 2].copy()
    fade = min(len(half), round(_FADE * SAMPLE_RATE))
    if fade:
        half[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return half
