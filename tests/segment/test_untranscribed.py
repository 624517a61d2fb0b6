"""Speech without a text between two segments is in no window, and no pause either."""

from __future__ import annotations

import numpy as np
import pytest

from stages.build_dataset.empty_windows import pauses
from stages.build_dataset.planning import plan, survey
from stages.common.core.manifest import read_recordings, read_segments
from stages.common.core.params import load_params
from stages.common.dataset.labels import load_labeller
from stages.common.transcripts.cue import Cue
from stages.segment.cutting import PlannedSegment
from stages.segment.untranscribed import after_untranscribed
from tests.support.mini_project import SEGMENT, MiniProject, srt, voice
from tests.support.whisper_models import tiny_english

Times = list[tuple[float, float]]


@pytest.mark.parametrize(
    ("speech", "lost", "expected"),
    [
        ([(0, 4), (5, 9)], [], False),
        ([(0, 9)], [], True),
        ([(0, 4), (4.3, 4.5), (5, 9)], [], False),
        ([(0, 4), (4.3, 4.6), (5, 9)], [], True),
        # Too quiet for the detector, or not found in the audio.
        ([(0, 4), (5, 9)], [(4.1, 4.9)], True),
        ([(0, 4), (5, 9)], [(4.5, 4.5)], True),
        ([(0, 4), (5, 9)], [(1.0, 2.0), (9.5, 10.0)], False),
    ],
)
def test_what_lies_between(speech: Times, lost: Times, expected: bool) -> None:
    segments = [PlannedSegment(a, b, Cue(a, b, "word")) for a, b in [(0.0, 4.1), (4.9, 9.0)]]
    assert after_untranscribed(segments, speech, lost) == [False, expected]
    assert after_untranscribed([], speech, lost) == []


def test_no_window_joins_across_a_redacted_turn(mini: MiniProject) -> None:
    """The name is said within less than a second between two turns."""
    speech, silence = voice()[:40_000], np.zeros(80_000, np.float32)
    mini.audio("a.wav", np.concatenate([speech, silence, speech]))
    named = (0, 0.8, "T: One two."), (0.9, 1.5, "C: [NAME]"), (1.6, 2.4, "T: Three four.")
    quiet = (4, 6, "C: [inaudible]"), (7.5, 8.2, "C: Five."), (8.3, 9.8, "T: Six.")
    mini.transcript("a.srt", srt(*named, *quiet))
    mini.params(segment=SEGMENT | {"min_seconds": 0.5})  # short turns stay apart
    assert [s["after_untranscribed"] for s in mini.segment().segments] == [
        False, True, True, False,
    ]  # fmt: skip
    folder = mini.root / "data" / "segments"
    (recording,) = read_recordings(folder)
    segments = list(read_segments(folder))
    labeller = load_labeller(tiny_english(mini.root / "base"), "en")
    params = load_params().build_dataset.model_copy(update={"short_windows": 0.0})
    surveyed = survey(segments, {recording.id: "train"}, params, labeller)
    (window,) = plan(segments, surveyed, "train", params, labeller, b"key")
    assert [s.text for s in window.segments] == ["One two.", "Three four.", "Five.", "Six."]
    assert len(window.pieces) == 3
    assert not [p for p in window.pieces if p[0] < 1.5 and p[1] > 0.9]
    # The detector finds nothing from 4 to 6 s, but the transcript says that something is said.
    assert recording.lost == [(0.9, 1.5), (4.0, 6.0)]
    assert not [p for p in pauses(recording, segments) if p[0] < 6 and p[1] > 4]
