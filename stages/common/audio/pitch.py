"""The pitch of a voice: median fundamental frequency over the voiced frames.

Autocorrelation of windowed frames, divided by that of the window (Boersma 1993). Harmonics repeat
with the period of the fundamental even where the fundamental itself is missing, as on a telephone.

By hand, since `librosa.pyin(y, fmin=70, fmax=400, sr=16000, frame_length=1024, hop_length=320)`
takes 131 s of CPU per hour of clips (this: 10 s) and returns half or a third of the pitch for 4 of
the 32 voices of `test_pitch` in tests/common/audio/test_pitch.py. `librosa.yin` has no voicing
decision: it gives noise a pitch.
"""

from __future__ import annotations

import librosa
import numpy as np
import numpy.typing as npt

from stages.common.audio.samples import SAMPLE_RATE, Samples

_MIN_HZ, _MAX_HZ = 70.0, 400.0
"""Range of the fundamental; mains hum lies below it."""
_BAND_HZ = 1_500
"""Higher harmonics repeat less exactly."""
_FRAME, _HOP = 720, 320
"""Samples: three periods of the lowest fundamental, 50 times per second."""
_VOICED = 0.5
"""Autocorrelation of a voiced frame, of at most 1; noise and whispering stay below."""
_NEAR_BEST = 0.9
"""Share of the maximum autocorrelation; the shortest period above it is the fundamental's, longer
ones are its multiples."""
_PAUSE = 0.01
"""Pause threshold: 20 dB below the power of a loud frame."""
_MIN_FRAMES, _MIN_SHARE = 10, 0.2
"""Voiced frames for a result: 0.2 s, and this share of all that are no pause. By chance one frame
in ten of noise or knocking seems voiced; of speech, half and more are."""
_MIN_LAG, _MAX_LAG = int(SAMPLE_RATE / _MAX_HZ), int(SAMPLE_RATE / _MIN_HZ) + 1


def median_pitch(samples: Samples) -> float | None:
    """Median pitch in Hz, with a resolution of one sample of the period; None if hardly voiced.

    samples: one voice at 16 kHz, shape (n,), up to 30 s.
    """
    if len(samples) < _FRAME + _MIN_FRAMES * _HOP:
        return None
    wave = _speech_band(samples)
    frames = np.lib.stride_tricks.sliding_window_view(wave, _FRAME)[::_HOP]
    power = np.mean(frames**2, axis=1)
    frames = frames[power > max(_PAUSE * float(np.percentile(power, 95)), 1e-10)]
    correlation = _normalized_autocorrelation(frames)
    inner = correlation[:, 1:-1]
    peaks = (inner >= correlation[:, :-2]) & (inner > correlation[:, 2:])
    best = np.max(np.where(peaks, inner, 0.0), axis=1, initial=0.0)
    voiced = best > _VOICED
    if int(voiced.sum()) < max(_MIN_FRAMES, _MIN_SHARE * len(voiced)):
        return None
    candidates = peaks[voiced] & (inner[voiced] >= _NEAR_BEST * best[voiced, None])
    lags = np.argmax(candidates, axis=1) + _MIN_LAG
    return float(SAMPLE_RATE / np.median(lags))


def _speech_band(samples: Samples) -> npt.NDArray[np.float64]:
    """From 70 to 1,500 Hz, with 3 dB per octave more towards high frequencies: without that, noise
    that is strongest in its lows would seem voiced."""
    hertz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    spectrum = np.fft.rfft(samples.astype(np.float64))
    spectrum[(hertz < _MIN_HZ) | (hertz > _BAND_HZ)] = 0
    return np.fft.irfft(spectrum * np.sqrt(hertz / 1_000), len(samples))


def _normalized_autocorrelation(frames: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """1 where a frame repeats itself exactly.

    frames: shape (frames, 720).
    Returns: shape (frames, lags), for lags from `_MIN_LAG` - 1 to `_MAX_LAG` + 1 samples.
    """
    window = np.hanning(_FRAME)
    of_window = librosa.autocorrelate(window, max_size=_MAX_LAG + 2)
    centred = (frames - frames.mean(axis=1, keepdims=True)) * window
    of_frames: npt.NDArray[np.float64] = librosa.autocorrelate(
        centred, max_size=_MAX_LAG + 2, axis=1
    )
    of_frames /= np.maximum(of_frames[:, :1], 1e-12) * of_window / of_window[0]
    return of_frames[:, _MIN_LAG - 1 :]
