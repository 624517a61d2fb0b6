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
_MIN_OFFSETS = 6
_MAX_SHIFT = 0.5
"""Seconds. Cues open a little before the words and close after them."""
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


@dataclass(frozen=True)
class WrongTimes:
    """True time = time + `shift` + `stretch` * time."""

    shift: float
    """Seconds."""
    stretch: float

    def __str__(self) -> str:
        times = f"{1 + self.stretch:.5f} x time" if self.stretch else "time"
        return f"true time = {times} {'-' if self.shift < 0 else '+'} {abs(self.shift):.2f} s"


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
        first, last = np.searchsorted(starts, [block.dest_start, block.dest_end])
        for number in range(int(first), min(int(last), len(cues))):
            begin, end = int(starts[number]), int(starts[number + 1])
            if begin < end and block.dest_start <= begin < block.dest_end:
                offsets.append(
                    Offset(cues[number].start, times[begin + delta][0] - cues[number].start)
                )
            if begin < end and block.dest_start < end <= block.dest_end:
                offsets.append(
                    Offset(cues[number].end, times[end - 1 + delta][1] - cues[number].end)
                )
    return offsets


def wrong_times(offsets: Sequence[Offset]) -> WrongTimes | None:
    """Fit of the offsets by a line; None if the times are right, or no line fits."""
    if len(offsets) < _MIN_OFFSETS:
        return None
    from scipy.stats import theilslopes

    time, seconds = np.array(offsets).T
    slope, intercept = 0.0, float(np.median(seconds))
    if np.ptp(time) >= _MIN_SPAN:
        slope, intercept, *_ = (float(value) for value in theilslopes(seconds, time))
        if abs(slope) < _MAX_STRETCH:
            slope, intercept = 0.0, float(np.median(seconds))
    scatter = float(np.median(np.abs(seconds - intercept - slope * time)))
    if scatter > _MAX_SCATTER or (not slope and abs(intercept) <= _MAX_SHIFT):
        return None
    return WrongTimes(round(intercept, 2), round(slope, 5))


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
