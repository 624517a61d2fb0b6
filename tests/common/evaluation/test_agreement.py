"""Windowed and long-form WER of the same recordings: what is reported when they disagree."""

from __future__ import annotations

from dataclasses import replace

from stages.common.evaluation.agreement import disagreeing_recordings
from stages.common.evaluation.clip_scores import ClipScore
from stages.common.evaluation.recording_scores import RecordingScore
from tests.support.scores import score_of

NAMES = [f"r{number}" for number in range(6)]


def clip(recording: str, errors: int) -> ClipScore:
    return replace(score_of(recording, "x", "x"), reference_words=600, substitutions=errors)


def recording(name: str, errors: int) -> RecordingScore:
    return RecordingScore(name, 610, errors, [], [])


def test_two_decodings_that_differ_by_chance_agree() -> None:
    clips = list(map(clip, NAMES, (18, 25, 20, 15, 30, 22)))
    full = list(map(recording, NAMES, (20, 22, 24, 13, 28, 25)))
    assert disagreeing_recordings(clips, full) == []


def test_the_text_of_one_window_at_the_wrong_place() -> None:
    """140 errors more in one of six recordings: 7 % in windows where full recordings have 3 %."""
    clips = [clip(name, 20 + 140 * (name == "r2")) for name in NAMES]
    full = [recording(name, 20) for name in NAMES]
    assert disagreeing_recordings(clips, full) == [
        "r2: WER 26.7% in windows, 3.3% as a full recording"
    ]


def test_all_recordings_are_named_where_the_two_differ_as_a_whole() -> None:
    clips = [clip(name, 60 + number) for number, name in enumerate(NAMES)]
    full = [recording(name, 20 + number) for number, name in enumerate(NAMES)]
    assert len(disagreeing_recordings(clips, full)) == 6


def test_a_recording_without_clips_is_left_out() -> None:
    assert (
        disagreeing_recordings([clip("r0", 20)], [recording("r0", 20), recording("r1", 300)]) == []
    )
