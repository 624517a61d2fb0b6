"""Weights that mix the channels of a recording: dead and inverted channels, a channel per speaker.

Usually channels are averaged. An inverted channel would cancel the other; an unconnected one would
halve the level and add its hum. Speakers with a microphone each differ from a stereo pair in a room
by the levels: each speaker is much louder in one channel, crosstalk included, and the channels
hardly correlate. A stereo pair picks up everybody at about the same level in both channels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from stages.common.audio.blocks import BLOCKS_A_SECOND
from stages.common.audio.channel_statistics import (
    Array,
    ChannelStatistics,
    active_blocks,
    loudness,
)

Mask = npt.NDArray[np.bool_]
SpeakerTurn = tuple[float, float, int]
"""(start, end, channel): seconds over which one person's channel is the loudest, and its number."""

_DEAD = 10 ** (-40 / 10)
"""Ratio of the power of a channel's loudest second to that of the loudest channel's."""
_STEADY, _VARIED = 10 ** (3 / 10), 10 ** (10 / 10)
"""Ratio of the power in a channel's loudest second to that in its pauses: below the first for hum
and hiss, above the second for speech."""
_INVERTED = -0.7
"""Correlation. Two microphones half a wavelength apart have down to -0.65 (60 recordings, delays of
0.5 to 4 ms); an inverted channel 5 dB above its noise has up to -0.74."""
_DOMINANT = 10 ** (8 / 10)
"""Ratio of the power of a speaker's own channel to that of any other. A stereo pair of
crossed cardioids has at most 6 dB between its channels."""
_MIN_SHARE, _MIN_SECONDS = 0.01, 1.0
"""Share of the active time, and seconds, that a speaker has at least."""
_SPEECH_TURN = 0.5
"""Seconds; shorter stretches may be the crackle of a loose cable."""
_MAX_CORRELATION = 0.5
_FAIR = 10 ** (6 / 10)
"""Two speakers' levels may differ by as much; they do when they share a microphone."""
_MAX_BOOST = 10 ** (20 / 10)
"""Limit of the gain of a quiet speaker's power: one that needs more may be noise."""
_MAX_PAUSE, _MIN_TURN = 0.35, 0.15
"""Seconds: longest pause in a turn; shortest turn that is kept."""


@dataclass(frozen=True)
class Mix:
    """Weights of the channels, and what they were found to be."""

    weights: tuple[float, ...] = ()
    """() for the average of all."""
    notices: tuple[str, ...] = ()
    """Keys of `rejections.NOTICE`."""
    people: tuple[int, ...] = ()
    """Channels with a speaker each; () for other recordings."""
    silent: tuple[int, ...] = ()
    """Channels without any sound, whose weights make no difference."""

    @property
    def scale(self) -> float | None:
        """Factor from the average of all channels to the mix; None if the weights differ."""
        used = {w for channel, w in enumerate(self.weights) if channel not in self.silent}
        return used.pop() * len(self.weights) if len(used) == 1 else None


def choose_mix(statistics: ChannelStatistics) -> Mix:
    """The mix of a recording's channels, from all its blocks."""
    if statistics.channels < 2:
        return Mix()
    power = statistics.power()
    live = _live_channels(power)
    weights = np.where(live, 1.0, 0.0)
    silent = tuple(int(channel) for channel in np.flatnonzero(power.max(axis=0) == 0))
    notices = [] if live.all() else ["audio_channel_dead"]
    people = _people(statistics, power, live)
    if people:
        for person, boost in zip(people, _boosts(power, people), strict=True):
            weights[person] = boost
        return Mix(tuple(weights), (*notices, "audio_two_people"), people, silent)
    reference = int(np.argmax(loudness(power)))
    correlations = [statistics.correlation(reference, channel) for channel in range(len(live))]
    inverted = live & (np.array(correlations) < _INVERTED)
    if inverted.any():
        weights[inverted] = -1.0
        notices.append("audio_channel_inverted")
    if not notices:
        return Mix()
    return Mix(tuple(weights / np.abs(weights).sum()), tuple(notices), (), silent)


def speaker_turns(
    power: Array, times: Sequence[tuple[float, float]], people: Sequence[int]
) -> list[SpeakerTurn]:
    """Turns of each speaker, by start; overlapping speech is in none.

    Args:
        power: see `ChannelStatistics.power`.
        times: (start, end) of each block, in seconds.
        people: channels, see `Mix.people`.
    """
    turns: list[SpeakerTurn] = []
    for person, (start, end) in zip(_loudest(power[:, people]), times, strict=True):
        if person < 0:
            continue
        channel = people[int(person)]
        if turns and turns[-1][2] == channel and start - turns[-1][1] <= _MAX_PAUSE:
            turns[-1] = (turns[-1][0], end, channel)
        else:
            turns.append((start, end, channel))
    return [
        (round(start, 3), round(end, 3), channel)
        for start, end, channel in turns
        if end - start > _MIN_TURN
    ]


def _live_channels(power: Array) -> Mask:
    """Channels that are neither silent nor, beside one with speech, steady noise; a second of
    speech is enough."""
    heard = np.sort(power[power.sum(axis=1) > 0], axis=0)
    if not len(heard):
        return np.ones(power.shape[1], bool)
    low, high = heard[len(heard) // 20], heard[-min(BLOCKS_A_SECOND, 1 + len(heard) // 20)]
    audible = high > high.max() * _DEAD
    varied = (audible & (high > low * _VARIED)).any()
    steady = high <= low * _STEADY
    live: Mask = audible & ~(steady & varied)
    return live


def _people(statistics: ChannelStatistics, power: Array, live: Mask) -> tuple[int, ...]:
    """Channels with a speaker each; () for fewer than two."""
    channels = [int(channel) for channel in np.flatnonzero(live)]
    if len(channels) < 2:
        return ()
    active = np.count_nonzero(active_blocks(power[:, channels])) / BLOCKS_A_SECOND
    needed = max(_MIN_SECONDS, _MIN_SHARE * active)
    seconds = dict.fromkeys(channels, 0.0)
    for start, end, channel in speaker_turns(power, statistics.times, channels):
        if end - start >= _SPEECH_TURN:
            seconds[channel] += end - start
    people = tuple(channel for channel in channels if seconds[channel] >= needed)
    alike = any(
        abs(statistics.correlation(one, other)) > _MAX_CORRELATION
        for one, other in combinations(people, 2)
    )
    return people if len(people) > 1 and not alike else ()


def _loudest(power: Array) -> npt.NDArray[np.intp]:
    """The channel that is much louder than all others, relative to their own loudness; -1 for none.

    power: shape (blocks, channels) -> (blocks,).
    """
    scaled = power / np.maximum(loudness(power), np.finfo(float).tiny)
    order = np.sort(scaled, axis=1)
    clear = active_blocks(power) & (order[:, -1] > _DOMINANT * order[:, -2])
    return np.where(clear, np.argmax(scaled, axis=1), -1)


def _boosts(power: Array, people: tuple[int, ...]) -> list[float]:
    """Weights that raise quiet speakers to the level of the loudest if they differ by too much."""
    own = power[:, people]
    loudest = _loudest(own)
    levels = np.array([own[loudest == n, n].mean() for n in range(len(people))])
    lack = levels.max() / levels
    return [float(np.sqrt(min(x, _MAX_BOOST))) if x > _FAIR else 1.0 for x in lack]
