"""How much of a recording is checked, and the minutes of work for a minute of audio."""

from __future__ import annotations

import pytest

from attune.review.cues import ReviewCue
from attune.review.progress import minutes_per_minute, progress_of


def cue(start: float, end: float, checked: bool) -> ReviewCue:
    return ReviewCue(round(start) + 1, start, end, "", "words", checked)


def test_audio_that_two_cues_cover_counts_once() -> None:
    cues = [cue(0.0, 60.0, True), cue(40.0, 80.0, True), cue(100.0, 120.0, False)]
    progress = progress_of(cues, 300.0, done=False)
    assert (progress.cues, progress.checked) == (3, 2)
    assert (progress.seconds, progress.checked_seconds) == (100.0, 80.0)


def test_minutes_of_work_for_a_minute_of_checked_audio() -> None:
    begun = progress_of([cue(0.0, 60.0, True), cue(70.0, 100.0, False)], 180.0, done=False)
    opened = progress_of([cue(0.0, 60.0, False)], 50.0, done=False)
    assert minutes_per_minute([begun, opened]) == pytest.approx(3.0)


def test_there_is_no_rate_before_a_minute() -> None:
    begun = progress_of([cue(0.0, 59.0, True)], 180.0, done=False)
    assert minutes_per_minute([begun]) is None
    assert minutes_per_minute([]) is None
