"""Speaker of each channel, from the transcript, and of cues without a speaker, from the channel."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from stages.common.audio.mixing import SpeakerTurn
from stages.common.transcripts.cue import Cue

Name = TypeVar("Name", int, str)
_MIN_SHARE = 0.8
"""Share of a channel's seconds that its speaker has, or of a cue's seconds that its channel has."""


def channel_roles(turns: Sequence[SpeakerTurn], cues: Iterable[Cue]) -> dict[int, str]:
    """Channel -> the speaker whose cues lie in its turns; only channels whose speaker is clear.

    turns: by start, disjoint, see stages/common/audio/mixing.py.
    """
    seconds: defaultdict[int, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for cue in cues:
        if cue.speaker:
            for channel, overlap in _overlaps(cue, turns).items():
                seconds[channel][cue.speaker] += overlap
    found = {channel: _clear(speakers) for channel, speakers in sorted(seconds.items())}
    roles = {channel: speaker for channel, speaker in found.items() if speaker is not None}
    distinct = len(set(roles.values())) == len(roles)
    return roles if distinct else {}


def with_speakers(
    cues: Sequence[Cue], turns: Sequence[SpeakerTurn], roles: dict[int, str]
) -> list[Cue]:
    """The cues; one without a speaker takes that of the channel in whose turns it lies."""
    return [cue if cue.speaker else replace(cue, speaker=_role(cue, turns, roles)) for cue in cues]


def _role(cue: Cue, turns: Sequence[SpeakerTurn], roles: dict[int, str]) -> str:
    channel = _clear(_overlaps(cue, turns))
    return "" if channel is None else roles.get(channel, "")


def _clear(seconds: Mapping[Name, float]) -> Name | None:
    """The key with at least `_MIN_SHARE` of the seconds, or None."""
    most = max(seconds, key=lambda name: seconds[name], default=None)
    clear = most is not None and seconds[most] >= _MIN_SHARE * sum(seconds.values())
    return most if clear else None


def _overlaps(cue: Cue, turns: Sequence[SpeakerTurn]) -> dict[int, float]:
    """Seconds of the cue in each channel's turns; none where a time is unreadable (NaN)."""
    seconds: dict[int, float] = {}
    if not cue.end > cue.start:
        return seconds
    first = bisect(turns, cue.start, key=lambda turn: turn[1])
    for start, end, channel in turns[first:]:
        if start >= cue.end:
            break
        overlap = min(end, cue.end) - max(start, cue.start)
        seconds[channel] = seconds.get(channel, 0.0) + overlap
    return seconds
