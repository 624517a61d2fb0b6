"""How far speech stands out from the noise of its recording, in decibels.

Noise: the power that a tenth of the recording's blocks of 100 ms stay under. Who talks pauses
longer than that, between turns at the latest, so that the quietest tenth holds no speech; a tenth,
and not the least of all, since the least is chance. Blocks of digital silence were never recorded
and do not count. Speech: the mean power of a clip's frames in which somebody speaks, as ITU-T P.56
finds them, less the noise's.

Within 2 dB of mixtures of 0 to 40 dB whose noise is steady. Rumble is not: speech as weak as brown
noise is taken for up to 3 dB more than it. Noise that comes with the voice alone (echo, what a
suppressor leaves) is not seen.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stages.common.audio.samples import SAMPLE_RATE

Samples = npt.NDArray[np.float32]

LOWEST, HIGHEST = -5.0, 60.0
"""dB. Under the first, speech is not found at all; over the other, other things are measured."""
_BLOCK = SAMPLE_RATE // 10
_FRAME = 512
_QUIETEST = 10.0
"""Per cent of the blocks."""
_STEP_POWER = (1 / 32768) ** 2 / 12
"""Of the rounding to 16 bits, as noise: what is weaker is digital silence."""
_ABOVE_NOISE = 2.0
"""Of power: a frame of noise alone is hardly ever so loud."""
_MARGIN = 10 ** (15.9 / 10)
"""P.56: speech weaker than the mean by more is a pause."""
_HANGOVER = 3
"""Frames, 96 ms: P.56 counts the gaps within words, of up to 200 ms, as speech."""
_ROUNDS = 10


def noise_power(recording: Samples) -> float:
    """Mean square of the quietest frames of a whole recording (16 kHz, in [-1, 1], shape (n,)).

    At least that of rounding to 16 bits, which is also what a recording of nothing has.
    """
    power = _powers(recording, _BLOCK)
    recorded = power[power > _STEP_POWER]
    if not len(recorded):
        return _STEP_POWER
    return max(float(np.percentile(recorded, _QUIETEST)), _STEP_POWER)


def snr_db(clip: Samples, noise: float) -> float:
    """Of a clip of the recording that `noise` is of (see `noise_power`), from -5 to 60 dB.

    clip: 16 kHz, in [-1, 1], shape (n,).
    """
    over = _powers(clip, _FRAME) - noise
    level = 0.0
    for _ in range(_ROUNDS):
        loud = over > max((_ABOVE_NOISE - 1) * noise, level / _MARGIN)
        if not loud.any():
            return LOWEST
        near = np.convolve(loud, np.ones(2 * _HANGOVER + 1))[_HANGOVER:-_HANGOVER] > 0.5
        before, level = level, float(np.mean(over[near]))
        if level == before:
            break
    ratio = max(level, 1e-12) / noise
    return float(np.clip(10 * np.log10(ratio), LOWEST, HIGHEST))


def _powers(samples: Samples, size: int) -> npt.NDArray[np.float64]:
    """Mean square of each whole frame of `size` samples; of all where there are fewer."""
    size = max(1, min(size, len(samples)))
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    powers: npt.NDArray[np.float64] = np.mean(np.square(frames, dtype=np.float64), axis=1)
    return powers
