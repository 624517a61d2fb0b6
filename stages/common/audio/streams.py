"""Several audio streams in one file: a stream per speaker, or one recording in several encodings.

Streams of different speakers are mixed; otherwise the first one is used, as players do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from stages.common.audio.blocks import BLOCKS_A_SECOND, Block, Check, Facts
from stages.common.audio.channel_statistics import Array, ChannelStatistics
from stages.common.audio.mixing import SpeakerTurn, choose_mix, speaker_turns
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.audio.track import Track, check_complete, read_track
from stages.common.core.rejections import RecordingRejected

_MAX_STREAMS = 8
_OTHER_SOUND = 0.5
"""Correlation below which a stream has other content than the first."""
_BLOCK = SAMPLE_RATE // BLOCKS_A_SECOND

Reader = Callable[[int, Facts], Iterator[Block]]
"""The blocks of the audio stream of that number, with the facts to fill in."""


@dataclass
class Combined:
    """All streams of a file as one."""

    samples: Samples
    """16 kHz mono, shape (samples,)."""
    notices: set[str]
    """Keys of `rejections.NOTICE`."""
    turns: list[SpeakerTurn]
    """Of two speakers or more with a channel or a stream each; the number is that of the channel,
    or of the stream if there are several."""


def combine_streams(first: Track, read: Reader, check: Check) -> Combined:
    """Read the streams after the first, one at a time, and mix in those of other speakers.

    Raises: RecordingRejected(audio_truncated) if another speaker's stream ends too early, and what
        `check` raises. A stream that cannot be decoded is left out with a notice.
    """
    combined = Combined(first.samples, first.notices, [])
    if first.mix.people:
        statistics = first.statistics
        combined.turns = speaker_turns(statistics.power(), statistics.times, first.mix.people)
    if first.facts.streams > _MAX_STREAMS:
        combined.notices.add("audio_stream_unused")
    powers: dict[int, Array] = {}
    for number in range(1, min(first.facts.streams, _MAX_STREAMS)):
        try:
            other = read_track(partial(read, number), check)
        except RecordingRejected:
            combined.notices.add("audio_stream_unused")
            continue
        power = _add(combined, other)
        if power is not None:
            powers.setdefault(0, power[:, 0])
            powers[number] = power[:, 1]
    if powers:
        combined.turns = _turns(powers)
    return combined


def _add(combined: Combined, other: Track) -> Array | None:
    """Mix in the stream of another speaker. Raises: RecordingRejected(audio_truncated).

    Returns: the power of both in each block, shape (blocks, 2); None if it was left out.
    """
    statistics = _pair_statistics(combined.samples, other.samples)
    mix = choose_mix(statistics)
    if mix.people or mix.weights == (0.0, 1.0):
        check_complete(other)
        combined.notices |= {*other.notices, "audio_stream_added"}
    if mix.people:
        combined.samples = _weighted_sum(combined.samples, other.samples, mix.weights)
        return statistics.power()
    if mix.weights == (0.0, 1.0):
        combined.samples = other.samples
    elif "audio_channel_dead" not in mix.notices and _has_other_sound(statistics):
        combined.notices.add("audio_stream_unused")
    return None


def _has_other_sound(statistics: ChannelStatistics) -> bool:
    audible = bool(statistics.power()[:, 1].any())
    return audible and abs(statistics.correlation(0, 1)) < _OTHER_SOUND


def _pair_statistics(one: Samples, other: Samples) -> ChannelStatistics:
    statistics = ChannelStatistics()
    for at in range(0, max(len(one), len(other)), _BLOCK):
        pair = np.zeros((_BLOCK, 2), np.float32)
        for channel, samples in enumerate((one, other)):
            part = samples[at : at + _BLOCK]
            pair[: len(part), channel] = part
        statistics.add(pair, at / SAMPLE_RATE, (at + _BLOCK) / SAMPLE_RATE)
    return statistics


def _weighted_sum(one: Samples, other: Samples, weights: tuple[float, ...]) -> Samples:
    """In the memory of the longer one."""
    if len(one) < len(other):
        one, other, weights = other, one, weights[::-1]
    one *= np.float32(weights[0])
    for at in range(0, len(other), SAMPLE_RATE):
        part = other[at : at + SAMPLE_RATE]
        one[at : at + len(part)] += part * np.float32(weights[1])
    return one


def _turns(powers: dict[int, Array]) -> list[SpeakerTurn]:
    """powers: stream -> its power in each block, shape (blocks,)."""
    longest = max(map(len, powers.values()))
    columns = [np.pad(power, (0, longest - len(power))) for power in powers.values()]
    times = [(n / BLOCKS_A_SECOND, (n + 1) / BLOCKS_A_SECOND) for n in range(longest)]
    numbers = list(powers)
    turns = speaker_turns(np.stack(columns, axis=1), times, range(len(numbers)))
    return [(start, end, numbers[column]) for start, end, column in turns]
