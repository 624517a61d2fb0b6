"""The level of a recording: RMS over its speech, and peak."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stages.common.audio.samples import FULL_SCALE, SAMPLE_RATE, Pcm16


@dataclass(frozen=True)
class Level:
    """Linear amplitudes; 1.0 is full scale (0 dBFS)."""

    speech_rms: float
    peak: float


def measure_level(pcm: Pcm16, speech: Sequence[Sequence[float]]) -> Level:
    """Measure on 16-bit samples, that is on the audio as it is stored.

    Args:
        pcm: 16 kHz mono, shape (samples,).
        speech: (start, end) of each speech interval in seconds; the whole recording is measured
            where there is none.
    """
    parts = [pcm[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)] for start, end in speech]
    parts = [part for part in parts if part.size] or [pcm]
    # In double precision: the sum of squares over an hour would lose digits in float32. Without
    # librosa.feature.rms, whose first call costs each worker of `segment` 1.6 s and 229 MB.
    power = sum(float(np.square(part, dtype=np.float64).sum()) for part in parts)
    rms = math.sqrt(power / max(1, sum(part.size for part in parts)))
    peak = max(int(pcm.max(initial=0)), -int(pcm.min(initial=0)))
    return Level(rms / FULL_SCALE, peak / FULL_SCALE)
