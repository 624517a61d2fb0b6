"""Removal of wild samples and of DC offset, so that the speech around them survives."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stages.common.audio.samples import SAMPLE_RATE, Samples

_PLAUSIBLE = 4.0
"""Samples up to this are never wild: mixing and resampling may exceed full scale by as much."""
_CREST = 30.0
"""Ratio of a sample to the typical one that speech does not exceed."""
_TYPICAL_SHARE = 90
"""Percentile of a block's magnitudes that is the typical sample: few samples are wild."""
_LARGEST = 2.0**33
"""Beyond any scale: 32-bit integers stored as floats reach 2^31."""

_BLOCK = SAMPLE_RATE // 10
_REACH = 50
"""Blocks to each side over which the offset is measured: five seconds."""
_MIN_OFFSET = 0.001
"""-60 dBFS. Many sound cards have a smaller offset."""
_OFFSET_SHARE = 0.25
"""Share of the RMS of speech: such an offset changes the measured level by 0.26 dB."""
_SPEECH_SHARE = 90
"""Percentile of the blocks' RMS that is the RMS of speech."""


class WildSamples:
    """Zeroes samples that are NaN, infinite or far beyond all others, which a float file may hold.

    A resampler would spread one over its neighbours, and scaling to its peak would silence the
    speech. The typical sample is tracked over the blocks: some float files hold integer values.
    """

    def __init__(self) -> None:
        self.count = 0
        self._typical = 0.0

    def mend(self, block: Samples) -> Samples:
        """The block, or a copy without its wild samples; shape (samples, channels)."""
        if not block.size:
            return block
        peak = max(float(block.max()), -float(block.min()))
        if peak <= _PLAUSIBLE:  # false for NaN, which max and min return
            return block
        finite = np.isfinite(block)
        magnitude = np.where(finite, np.abs(block), 0)
        known = magnitude[finite & (magnitude < _LARGEST)]
        if known.size:
            self._typical = max(self._typical, float(np.percentile(known, _TYPICAL_SHARE)))
        limit = min(_LARGEST, max(_PLAUSIBLE, _CREST * self._typical))
        wild = ~finite | (magnitude > limit)
        count = int(np.count_nonzero(wild))
        self.count += count
        return np.where(wild, np.float32(0), block) if count else block


def remove_offset(samples: Samples) -> bool:
    """Subtract the DC offset of a recording, in place, if it is large.

    It is the median over ten seconds of the means of 0.1 s blocks, in which speech averages out.
    So it follows an offset that starts with a loose cable, and leaves filled-in silence alone.

    samples: 16 kHz, shape (samples,).

    Returns: whether it was subtracted.
    """
    whole = len(samples) // _BLOCK
    if not whole:
        return False
    means, rms = _block_statistics(samples[: whole * _BLOCK].reshape(whole, _BLOCK))
    if float(np.abs(means).max()) <= _MIN_OFFSET:
        return False
    line = _running_median(means)
    speech = float(np.percentile(rms, _SPEECH_SHARE))
    if float(np.abs(line).max()) <= max(_MIN_OFFSET, _OFFSET_SHARE * speech):
        return False
    centres = (np.arange(whole) + 0.5) * _BLOCK
    for at in range(0, len(samples), SAMPLE_RATE):
        piece = samples[at : at + SAMPLE_RATE]
        piece -= np.interp(np.arange(at, at + len(piece)), centres, line).astype(np.float32)
    return True


def _block_statistics(
    blocks: Samples,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """(mean, RMS around it) of each block; (blocks, samples) -> two of shape (blocks,)."""
    means = blocks.mean(axis=1, dtype=np.float64)
    power = np.array([float(np.dot(block, block)) for block in blocks]) / blocks.shape[1]
    return means, np.sqrt(np.maximum(power - means**2, 0))


def _running_median(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Median of each value and up to `_REACH` before and after it; shape (n,) -> (n,)."""
    width = 2 * _REACH + 1
    if len(values) <= width:
        return np.full(len(values), np.median(values))
    padded = np.pad(values, _REACH, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)
    parts = [np.median(windows[at : at + 1000], axis=1) for at in range(0, len(windows), 1000)]
    return np.concatenate(parts)
