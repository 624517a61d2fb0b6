"""One audio stream as 16 kHz mono: read in blocks, repaired, mixed and resampled.

An hour of 48 kHz stereo takes little more memory than its 16 kHz mono samples: the channels are
averaged block by block, and a stream whose channels need other weights is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import soxr

from stages.common.audio.blocks import MAX_SECONDS, Block, Check, Facts
from stages.common.audio.channel_statistics import ChannelStatistics
from stages.common.audio.mending import WildSamples
from stages.common.audio.mixing import Mix, choose_mix
from stages.common.audio.sample_buffer import SampleBuffer
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.core.rejections import RecordingRejected

CLIPPED_SHARE = 0.001
_WILD_SHARE = 0.01
"""Share of all samples; a file with more is unusable as a whole."""

_TAIL_SECONDS, _TAIL_SHARE = 0.5, 0.1
"""Tolerated loss at the end. A FLAC file without its last byte loses a whole frame (a quarter of a
second at 16 kHz), and compressed containers state their length no more exactly."""
_EMPTY_SECONDS = 600.0
"""Seconds of audio from which `_is_empty` is checked."""
_LEAST_BYTES, _LEAST_BYTES_LOSSY = {"flac": 0.005}, 0.0008
"""Bytes per frame (a sample of each channel): FLAC compresses digital silence to 0.0034, Opus with
discontinuous transmission to 0.0007."""
_MIN_SECONDS = 0.001
"""Times in the manifest are in milliseconds."""


@dataclass
class Track:
    """A stream that was read to its end."""

    facts: Facts
    samples: Samples = field(default_factory=lambda: np.zeros(0, np.float32))
    """16 kHz mono, shape (samples,)."""
    seconds: float = 0.0
    values: int = 0
    """Samples times channels in the file."""
    clipped: int = 0
    """Of `values`, those at full scale."""
    wild: int = 0
    """Of `values`, those that were zeroed."""
    statistics: ChannelStatistics = field(default_factory=ChannelStatistics)
    mix: Mix = field(default_factory=Mix)

    @property
    def notices(self) -> set[str]:
        """Keys of `rejections.NOTICE`."""
        notices = {*self.facts.notices, *self.mix.notices}
        if self.clipped > CLIPPED_SHARE * self.values:
            notices.add("audio_clipped")
        if self.wild:
            notices.add("audio_wild_samples")
        return notices


def read_track(read: Callable[[Facts], Iterator[Block]], check: Check) -> Track:
    """Read a stream, once or twice.

    Args:
        read: the stream's blocks from its start, with the facts to fill in; called once for each
            reading.
        check: see `blocks.Check`.

    Raises: RecordingRejected(audio_nan, audio_too_long, audio_silent), and what `read` and `check`
        raise.
    """
    track = _read(read, check, (), ChannelStatistics())
    if track.wild > _WILD_SHARE * track.values:
        raise RecordingRejected("audio_nan")
    mix = choose_mix(track.statistics)
    if not mix.weights:
        return track
    if mix.scale is not None:
        track.samples *= np.float32(mix.scale)
    else:
        track.samples = np.zeros(0, np.float32)  # frees the memory before the second reading
        track = _read(read, check, mix.weights, track.statistics)
    track.mix = mix
    return track


def check_complete(track: Track, missing: float = 0.0) -> None:
    """Raises: RecordingRejected if the stream is empty or ends more than a little too early.

    missing: share of the file's bytes that is missing at its end.
    """
    facts, seconds = track.facts, track.seconds
    if seconds < _MIN_SECONDS:
        if missing:
            raise RecordingRejected("audio_truncated")
        raise RecordingRejected("audio_undecodable" if facts.failed else "audio_empty")
    lost = missing * seconds
    if facts.stated_seconds:
        lost = max(lost, facts.stated_seconds - seconds)
    tolerated = min(_TAIL_SECONDS, _TAIL_SHARE * (seconds + lost))
    if lost > tolerated or (facts.failed and not facts.stated_seconds):
        raise RecordingRejected("audio_truncated")


def _read(
    read: Callable[[Facts], Iterator[Block]],
    check: Check,
    weights: tuple[float, ...],
    statistics: ChannelStatistics,
) -> Track:
    """Read a stream once: with () for the average of the channels, and statistics to fill in, or
    with weights and the statistics that led to them."""
    track = Track(Facts(), statistics=statistics)
    parts = SampleBuffer()
    wild = WildSamples()
    rate, resampler, frames = 0, None, 0
    for block, block_rate in read(track.facts):
        if block_rate != rate:  # once in most files; some broadcasts change their rate
            _flush(resampler, parts)
            rate = block_rate
            resampler = None
            if rate != SAMPLE_RATE:
                resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, "float32", "HQ")
        start, track.seconds = track.seconds, track.seconds + len(block) / rate
        if max(track.seconds, track.facts.stated_seconds) > MAX_SECONDS:
            raise RecordingRejected("audio_too_long")
        frames += len(block)
        if track.seconds > _EMPTY_SECONDS and _is_empty(track.facts, frames):
            raise RecordingRejected("audio_silent")
        check(track.seconds)
        track.values += block.size
        track.clipped += int(np.count_nonzero(np.abs(block) >= track.facts.full_scale))
        block = wild.mend(block)
        if not weights:
            statistics.add(block, start, track.seconds)
        mono = _mono(block, weights)
        parts.append(resampler.resample_chunk(mono) if resampler else mono)
    _flush(resampler, parts)
    track.wild = wild.count
    track.samples = parts.take()
    return track


def _is_empty(facts: Facts, frames: int) -> bool:
    """Whether the file is too small for its frames to be more than silence and some sound: two
    megabytes may decode to a day of silence."""
    return 0 < facts.bytes < frames * _LEAST_BYTES.get(facts.format, _LEAST_BYTES_LOSSY)


def _mono(block: Samples, weights: tuple[float, ...]) -> Samples:
    """The weighted sum of the channels, or their average; (samples, channels) -> (samples,)."""
    channels = block.shape[1]
    if len(weights) == channels:
        return block @ np.array(weights, np.float32)
    if channels == 1:
        return block[:, 0]
    if channels == 2:  # the same as `mean` below, at a twentieth of its time
        return (block[:, 0] + block[:, 1]) / np.float32(2)
    mean: Samples = block.mean(axis=1, dtype=np.float32)
    return mean


def _flush(resampler: Any, parts: SampleBuffer) -> None:
    if resampler:
        parts.append(resampler.resample_chunk(np.zeros(0, np.float32), last=True))
