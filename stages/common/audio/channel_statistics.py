"""Power of each channel, and how channels correlate, over the blocks of a recording."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from stages.common.audio.samples import Samples

Array = npt.NDArray[np.float64]
_MAX_CHANNELS = 16
"""Files with more come from measuring devices; their covariances would fill the memory."""
_ACTIVE = 10 ** (-20 / 10)
"""Share of a channel's loudness from which a block counts as active."""
_LOUD = 99
"""Percentile of the blocks' power that is a channel's loudness: speech reaches it even if it fills
only a hundredth of the time."""


@dataclass
class ChannelStatistics:
    """Filled block by block while a recording is decoded; a block is about a tenth of a second."""

    times: list[tuple[float, float]] = field(default_factory=list)
    """(start, end) of each block, in seconds."""
    channels: int = 0
    """0 if their number changes or is too large: then there are no statistics."""
    _given: int = 0
    """Channels of the first block."""
    _covariances: list[npt.NDArray[np.float32]] = field(default_factory=list)

    def add(self, block: Samples, start: float, end: float) -> None:
        """Add a block; nothing is kept of a single channel.

        block: shape (samples, channels), not empty.
        """
        if not self._given:
            self._given = block.shape[1]
            self.channels = self._given if self._given <= _MAX_CHANNELS else 0
        if block.shape[1] != self._given:
            self.channels = 0
        if self.channels < 2:
            return
        mean = np.ones(len(block), np.float32) @ block / np.float32(len(block))
        self._covariances.append(block.T @ block / np.float32(len(block)) - np.outer(mean, mean))
        self.times.append((start, end))

    def power(self) -> Array:
        """Variance of each channel in each block, shape (blocks, channels)."""
        return np.maximum(self._matrices().diagonal(axis1=1, axis2=2), 0)

    def correlation(self, one: int, other: int) -> float:
        """Of two channels over the recording, dominated by the loudest blocks; 0 if one is
        silent."""
        total = self._matrices().sum(axis=0)
        scale = float(np.sqrt(total[one, one] * total[other, other]))
        return float(total[one, other]) / scale if scale > 0 else 0.0

    def _matrices(self) -> Array:
        return np.array(self._covariances, np.float64)


def loudness(power: Array) -> Array:
    """Loudness of each channel, as power; (blocks, channels) -> (channels,)."""
    result: Array = np.percentile(power, _LOUD, axis=0)
    return result


def active_blocks(power: Array) -> npt.NDArray[np.bool_]:
    """Blocks in which any channel is near its own loudness; (blocks, channels) -> (blocks,)."""
    active: npt.NDArray[np.bool_] = np.any(power > _ACTIVE * loudness(power), axis=1)
    return active
