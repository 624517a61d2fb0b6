"""How much of a recording is checked, and how long that took."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from attune.review.cues import ReviewCue
from stages.common.audio.voice_activity import covered_seconds


@dataclass(frozen=True)
class Progress:
    cues: int
    checked: int
    end: float
    """End of the last cue, in seconds."""
    seconds: float
    """Audio that cues cover."""
    checked_seconds: float
    """Audio that checked cues cover."""
    work_seconds: float
    """Time a person worked on it."""
    done: bool


def progress_of(cues: Sequence[ReviewCue], work_seconds: float, done: bool) -> Progress:
    checked = [cue for cue in cues if cue.checked]
    end = max((cue.end for cue in cues), default=0.0)
    covered = _seconds(cues), _seconds(checked)
    return Progress(len(cues), len(checked), end, *covered, work_seconds, done)


def minutes_per_minute(progress: Iterable[Progress]) -> float | None:
    """Minutes of work per minute of checked audio; None below one minute of it."""
    rows = list(progress)
    checked = sum(row.checked_seconds for row in rows)
    if checked < 60:
        return None
    return sum(row.work_seconds for row in rows if row.checked) / checked


def _seconds(cues: Sequence[ReviewCue]) -> float:
    return covered_seconds(sorted((cue.start, cue.end) for cue in cues))
