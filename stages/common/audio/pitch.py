"""How high a voice is: the median of the fundamental over the frames in which it sounds.

Autocorrelation of windowed frames, freed of the window's own (Boersma 1993). That of harmonics
peaks at the fundamental's period also where the fundamental itself is missing, as on a telephone.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stages.common.audio.samples import SAMPLE_RATE

Samples = npt.NDArray[np.float32]

_LOWEST, _HIGHEST = 70.0, 400.0
"""Hz of the fundamentals that are looked for; mains hum is under them."""
_FRAME, _HOP = 720, 320
"""Samples: three periods of the lowest fundamental, 50 times a second."""
_FFT = 2048
_VOICED = 0.5
"""Of 1, how far a frame must repeat itself: noise and whispers do by less."""
_NEARLY = 0.9
"""Of the best repetition: the shortest period that repeats nearly as well is the fundamental's, the
others are its multiples."""
_SOFT = 0.01
"""Of a loud frame's power, 20 dB under it: softer frames are pauses."""
_LEAST_FRAMES, _LEAST_SHARE = 10, 0.2
"""0.2 s of voice, and so much of all that is not soft, else nothing is said about it: one in ten
frames of noise or of knocks seems to have a pitch by chance, of speech half and more."""
_SHORTEST, _LONGEST = int(SAMPLE_RATE / _HIGHEST), int(SAMPLE_RATE / _LOWEST) + 1


def median_pitch(samples: Samples) -> float | None:
    """Hz, to the whole sample of its period; None where hardly anything has a pitch.

    samples: one voice at 16 kHz, shape (n,), up to 30 s.
    """
    if len(samples) < _FRAME + _LEAST_FRAMES * _HOP:
        return None
    wave = _speech_band(samples)
    frames = np.lib.stride_tricks.sliding_window_view(wave, _FRAME)[::_HOP]
    power = np.mean(frames**2, axis=1)
    frames = frames[power > max(_SOFT * float(np.percentile(power, 95)), 1e-10)]
    repeats = _repeats(frames)
    inner = repeats[:, 1:-1]
    peaks = (inner >= repeats[:, :-2]) & (inner > repeats[:, 2:])
    best = np.max(np.where(peaks, inner, 0.0), axis=1, initial=0.0)
    voiced = best > _VOICED
    if int(voiced.sum()) < max(_LEAST_FRAMES, _LEAST_SHARE * len(voiced)):
        return None
    good = peaks[voiced] & (inner[voiced] >= _NEARLY * best[voiced, None])
    lags = np.argmax(good, axis=1) + _SHORTEST
    return float(SAMPLE_RATE / np.median(lags))


def _speech_band(samples: Samples) -> npt.NDArray[np.float64]:
    """Without rumble, and without the highs, which repeat less exactly than the rest. Raised by
    3 dB an octave: noise that is strongest in its lows would seem to have a pitch down there."""
    hertz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    spectrum = np.fft.rfft(samples.astype(np.float64))
    spectrum[(hertz < _LOWEST) | (hertz > 1_500)] = 0
    return np.fft.irfft(spectrum * np.sqrt(hertz / 1_000), len(samples))


def _repeats(frames: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How far each frame repeats itself, 1 for wholly.

    Returns: shape (frames, lags), for lags from `_SHORTEST` - 1 to `_LONGEST` + 1 samples.
    """
    window = np.hanning(_FRAME)
    own = _autocorrelation(window[None, :])[0]
    found = _autocorrelation((frames - frames.mean(axis=1, keepdims=True)) * window)
    found /= np.maximum(found[:, :1], 1e-12) * own / own[0]
    return found[:, _SHORTEST - 1 : _LONGEST + 2]


def _autocorrelation(frames: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """shape (frames, 720) -> (frames, lags to `_LONGEST` + 1)."""
    power = np.abs(np.fft.rfft(frames, _FFT, axis=1)) ** 2
    return np.fft.irfft(power, axis=1)[:, : _LONGEST + 2]
