"""Peaks for drawing waveforms."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stages.common.audio.samples import SAMPLE_RATE, Samples


def peaks(samples: Samples, per_second: int) -> npt.NDArray[np.uint8]:
    """The loudest sample of each interval, 0 to 100, in percent of the recording's loudest.

    Args:
        samples: 16 kHz mono, shape (samples,).
        per_second: number of intervals per second.

    Returns: shape (intervals,); the square root keeps a soft voice visible next to a loud one.
    """
    size = SAMPLE_RATE // per_second
    whole = len(samples) - len(samples) % size
    loudest = np.zeros(-(-len(samples) // size), np.float32)
    for at in range(0, whole, size * 1000):  # in blocks, to avoid a copy of the whole recording
        block = np.abs(samples[at : min(at + size * 1000, whole)]).reshape(-1, size)
        loudest[at // size : at // size + len(block)] = block.max(axis=1)
    if whole < len(samples):
        loudest[-1] = np.abs(samples[whole:]).max()
    maximum = max(float(loudest.max(initial=0.0)), 1e-9)
    percent: npt.NDArray[np.uint8] = np.rint(100 * np.sqrt(loudest / maximum)).astype(np.uint8)
    return percent
