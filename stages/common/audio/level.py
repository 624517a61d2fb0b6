"""Level of a recording's speech, and the gain to a given level."""

from __future__ import annotations

import math

import numpy as np

from stages.common.audio.samples import FULL_SCALE, SAMPLE_RATE, Pcm16, Samples, peak_of

PEAK = 0.97
"""Largest absolute sample after the gain: headroom for the resamplers and encoders that follow."""
_BLOCK = 2 * SAMPLE_RATE // 5
"""400 ms."""
_SILENCE_DBFS = -70.0
_GATE_DB = -10.0


def measure_level(samples: Samples | Pcm16) -> tuple[float, float]:
    """RMS over the blocks with speech, and peak, linear: 1.0 is full scale (0 dBFS).

    Blocks of 400 ms below -70 dBFS do not count, nor those more than 10 dB below the mean of the
    others, which are pauses. Source: the gates of ITU-R BS.1770, without its weighting by
    frequency. No voice activity detector: its result depends on the level,
    and it takes a second for 5 minutes of audio.

    Args:
        samples: 16 kHz mono, in [-1, 1] or 16 bits, shape (samples,).

    Returns: (RMS, peak); the RMS is 0.0 if no block is above -70 dBFS.
    """
    scale = FULL_SCALE if samples.dtype == np.int16 else 1
    peak = peak_of(samples) / scale
    # In double precision: the sum of squares over an hour would lose digits in float32.
    starts = range(0, max(len(samples) - _BLOCK, 0) + 1, _BLOCK) if len(samples) else ()
    power = np.array(
        [np.square(samples[at : at + _BLOCK], dtype=np.float64).mean() for at in starts]
    ) / scale**2  # fmt: skip
    power = power[power > _power(_SILENCE_DBFS)]
    if not len(power):
        return 0.0, peak
    power = power[power >= power.mean() * _power(_GATE_DB)]
    return math.sqrt(power.mean()), peak


def gain_for(speech_rms: float, peak: float, level_dbfs: float) -> tuple[float, bool]:
    """The gain to `level_dbfs` (RMS over speech), limited so that the peak does not exceed `PEAK`.

    Args:
        speech_rms, peak: see `measure_level`.
        level_dbfs: target; a constant 1.0 is 0 dBFS.

    Returns: (gain in dB, whether the peak limits it).
    """
    if speech_rms == 0:
        return 0.0, False
    wanted, most = 10 ** (level_dbfs / 20) / speech_rms, PEAK / peak
    return 20 * math.log10(min(wanted, most)), most < wanted


def levelled(samples: Samples, level_dbfs: float) -> Samples:
    """A copy of a recording with the gain to `level_dbfs`, applied before any model decodes it.

    samples: float32 at 16 kHz, shape (samples,).
    """
    gain_db, _ = gain_for(*measure_level(samples), level_dbfs)
    return samples * np.float32(10 ** (gain_db / 20))


def _power(decibels: float) -> float:
    return float(10 ** (decibels / 10))
