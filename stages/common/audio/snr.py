"""Signal-to-noise ratio of a clip against the noise floor of its recording, in dB.

Noise floor: the 10th percentile of power over blocks of 100 ms. Speakers pause for longer than
that, between turns at the latest, so the quietest tenth is free of speech; the minimum would depend
on chance. Blocks of digital silence were never recorded and do not count. Speech: mean power over
the active frames of the clip by ITU-T P.56, minus the noise floor.

Within 2 dB of the truth for mixtures of 0 to 40 dB with stationary noise. Brown noise is not
stationary: at 0 dB the ratio comes out up to 3 dB too high. Noise that occurs only together with
the voice (reverberation, residuals of noise suppression) is not measured.
"""

from __future__ import annotations

import librosa
import numpy as np
import numpy.typing as npt

from stages.common.audio.samples import FULL_SCALE, SAMPLE_RATE, Samples

LOWEST, HIGHEST = -5.0, 60.0
"""dB. Below the first, speech is not detected; above the second, other effects are measured."""
_BLOCK = SAMPLE_RATE // 10
_FRAME = 512
_NOISE_PERCENTILE = 10.0
_ROUNDING_POWER = (1 / FULL_SCALE) ** 2 / 12
"""Noise power of rounding to 16 bits; blocks below it are digital silence."""
_ABOVE_NOISE = 2.0
"""Power relative to the noise floor; frames of noise alone rarely exceed it."""
_MARGIN = 10 ** (15.9 / 10)
"""P.56: frames weaker than the active level by more than 15.9 dB are pauses."""
_HANGOVER = 3
"""Frames, 96 ms on either side: P.56 counts gaps of up to 200 ms within words as active."""
_MAX_ROUNDS = 10


def noise_power(recording: Samples) -> float:
    """Mean square of the noise floor of a whole recording (16 kHz, in [-1, 1], shape (n,)).

    At least the power of rounding to 16 bits, also for a recording of digital silence.
    """
    power = _mean_squares(recording, _BLOCK)
    recorded = power[power > _ROUNDING_POWER]
    if not len(recorded):
        return _ROUNDING_POWER
    return max(float(np.percentile(recorded, _NOISE_PERCENTILE)), _ROUNDING_POWER)


def snr_db(clip: Samples, noise: float) -> float:
    """SNR of a clip in dB, from -5 to 60.

    Args:
        clip: 16 kHz, in [-1, 1], shape (n,).
        noise: `noise_power` of the clip's recording.
    """
    signal = _mean_squares(clip, _FRAME) - noise
    active_level = 0.0
    for _ in range(_MAX_ROUNDS):
        loud = signal > max((_ABOVE_NOISE - 1) * noise, active_level / _MARGIN)
        if not loud.any():
            return LOWEST
        active = np.convolve(loud, np.ones(2 * _HANGOVER + 1))[_HANGOVER:-_HANGOVER] > 0.5
        before, active_level = active_level, float(np.mean(signal[active]))
        if active_level == before:
            break
    ratio = max(active_level, 1e-12) / noise
    return float(np.clip(10 * np.log10(ratio), LOWEST, HIGHEST))


def _mean_squares(samples: Samples, size: int) -> npt.NDArray[np.float64]:
    """Power of each whole frame of `size` samples; of the whole where there are fewer."""
    if not len(samples):
        return np.zeros(0)
    size = min(size, len(samples))
    rms = librosa.feature.rms(y=samples, frame_length=size, hop_length=size, center=False)[0]
    power: npt.NDArray[np.float64] = np.square(rms, dtype=np.float64)
    return power
