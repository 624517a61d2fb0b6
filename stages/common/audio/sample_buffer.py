"""Samples that are appended block by block, without a second copy at the end."""

from __future__ import annotations

import numpy as np

from stages.common.audio.samples import SAMPLE_RATE, Samples

_STEP = 60 * SAMPLE_RATE
"""Samples by which the memory grows: the system extends so large an area without a copy."""


class SampleBuffer:
    """A list of blocks that is concatenated at the end would need twice the memory."""

    def __init__(self) -> None:
        self._samples = np.empty(0, np.float32)
        self._used = 0

    def append(self, block: Samples) -> None:
        """block: shape (samples,)."""
        end = self._used + len(block)
        if end > len(self._samples):
            self._samples.resize(end + _STEP, refcheck=False)
        self._samples[self._used : end] = block
        self._used = end

    def take(self) -> Samples:
        """All samples, shape (samples,); the buffer is empty from then on."""
        samples, self._samples = self._samples, np.empty(0, np.float32)
        samples.resize(self._used, refcheck=False)
        self._used = 0
        return samples
