"""Times of a transcript that are wrong throughout: shifted by a constant, or stretched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue
from stages.segment.alignment.transcribe import IntervalHypothesis
from stages.segment.alignment.transcript_words import to_letters

_MIN_RUN = 12
"""Letters in a common run of hypothesis and transcript; shorter ones may be chance."""
_MIN_OFFSETS, _MOST_OFFSETS = 3, 600
"""Of starts, and of ends; more are drawn evenly."""
_MAX_SHIFT = 0.75
"""Seconds. Times in whole seconds are off by half a second on average."""
_MAX_APART = 1.0
"""Seconds, or the smaller shift: starts and ends that differ more are not shifted together."""
_MAX_SCATTER = 0.75
"""Median distance of the offsets from the fitted line, in seconds; beyond it no line fits."""
_MAX_STRETCH = 0.001
"""3.6 s in an hour."""
_MIN_SPAN = 120.0
"""Seconds; over less, a stretch cannot be told from a shift."""


class Offset(NamedTuple):
    time: float
    """Of an edge of a cue, in seconds."""
    seconds: float
    """From the edge to its word in the audio: positive if the cue is early."""
    is_end: bool = False


@dataclass(frozen=True)
class WrongTimes:
    """True time = time + `shift` + `stretch` * time."""

    shift: float
    """Seconds."""
    stretch: float

    def __str__(self) -> str:
        if not self.stretch:
            return f"its times are {abs(self.shift):.2f} s {'late' if self.shift < 0 else 'early'}"
        sign = "-" if self.shift < 0 else "+"
        return f"true time = {1 + self.stretch:.5f} x its time {sign} {abs(self.shift):.2f} s"


class TimesRejected(RecordingRejected):
    """The times are wrong throughout; `reason` is times_shifted or times_stretched."""

    def __init__(self, wrong: WrongTimes) -> None:
        super().__init__("times_stretched" if wrong.stretch else "times_shifted", str(wrong))
        self.wrong = wrong


def offsets_of(
    cues: Sequence[Cue], hypotheses: Sequence[IntervalHypothesis], language: str
) -> list[Offset]:
    """Offsets of the starts and ends of cues whose first or last letters are in the hypothesis.

    Args:
        cues: by time, of at least the part of the recording that `hypotheses` cover.
    """
    text = [to_letters(cue.text, language) for cue in cues]
    starts = np.cumsum([0, *map(len, text)])
    hypothesis, times = _letters(hypotheses, language)
    offsets = []
    for block in Levenshtein.opcodes(hypothesis, "".join(text)):
        if block.tag != "equal" or block.src_end - block.src_start < _MIN_RUN:
            continue
        delta = block.src_start - block.dest_start
        # From the cue in which the run begins: its end may be within the run.
        first = max(0, int(np.searchsorted(starts, block.dest_start, "right")) - 1)
        last = int(np.searchsorted(starts, block.dest_end))
        for number in range(first, min(last, len(cues))):
            begin, end = int(starts[number]), int(starts[number + 1])
            if begin < end and block.dest_start <= begin < block.dest_end:
                offsets.append(
                    Offset(cues[number].start, times[begin + delta][0] - cues[number].start)
                )
            if begin < end and block.dest_start < end <= block.dest_end:
                offsets.append(
                    Offset(cues[number].end, times[end - 1 + delta][1] - cues[number].end, True)
                )
    return offsets


def wrong_times(offsets: Sequence[Offset]) -> WrongTimes | None:
    """Fit of the offsets by a line; None if the times are right, or no line fits.

    Starts and ends are fitted separately and must agree: subtitles often stay on for seconds after
    the words, and people write when a turn begins more exactly than when it ends.
    """
    starts, ends = (
        _fit([offset for offset in offsets if offset.is_end == is_end]) for is_end in (False, True)
    )
    if starts is None or ends is None:
        return None
    stretch = (starts.stretch + ends.stretch) / 2
    if starts.stretch * ends.stretch <= 0 or abs(stretch) < _MAX_STRETCH:
        starts, ends, stretch = starts.flat(), ends.flat(), 0.0
    if max(starts.scatter, ends.scatter) > _MAX_SCATTER:
        return None
    if not stretch:
        smaller = min(abs(starts.shift), abs(ends.shift))
        apart = abs(starts.shift - ends.shift)
        together = apart <= max(_MAX_APART, smaller)
        if starts.shift * ends.shift <= 0 or smaller <= _MAX_SHIFT or not together:
            return None
    return WrongTimes(round(starts.shift, 2), round(stretch, 5))


class _Line:
    """Offsets by time, and the line through them: `shift` + `stretch` * time."""

    def __init__(self, time: np.ndarray, seconds: np.ndarray, stretch: float) -> None:
        self._time, self._seconds, self.stretch = time, seconds, stretch
        rest = seconds - stretch * time
        self.shift = float(np.median(rest))
        self.scatter = float(np.median(np.abs(rest - self.shift)))

    def flat(self) -> _Line:
        return _Line(self._time, self._seconds, 0.0)


def _fit(offsets: Sequence[Offset]) -> _Line | None:
    """By Theil and Sen's median of slopes; None with too few offsets."""
    if len(offsets) < _MIN_OFFSETS:
        return None
    # The slopes of all pairs are in memory.
    chosen = np.linspace(0, len(offsets) - 1, min(len(offsets), _MOST_OFFSETS)).astype(int)
    time, seconds = np.array([(offsets[at].time, offsets[at].seconds) for at in chosen]).T
    if np.ptp(time) < _MIN_SPAN:
        return _Line(time, seconds, 0.0)
    first, second = np.triu_indices(len(time), 1)
    apart = time[second] - time[first]
    slopes = (seconds[second] - seconds[first])[apart != 0] / apart[apart != 0]
    return _Line(time, seconds, float(np.median(slopes)))


def _letters(
    hypotheses: Sequence[IntervalHypothesis], language: str
) -> tuple[str, list[tuple[float, float]]]:
    """The letters of the hypothesis, and (start, end) of each, interpolated within its word."""
    letters, times = [], []
    for hypothesis in hypotheses:
        for part in hypothesis.parts:
            word = to_letters(part.text, language)
            edges = np.linspace(part.start, part.end, len(word) + 1)
            letters.append(word)
            times += list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
    return "".join(letters), times
