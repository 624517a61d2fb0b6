"""Clips, recordings without times that are no longer than a segment, checked by tiny.en."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from attune.speak.espeak import Voice, speak
from stages.common.core.ids import recording_id
from tests.support.mini_project import KEY, SEGMENT, MiniProject

SAID = {
    "right": "I have been sleeping badly since the move, and work is hard.",
    "other": "My sister came on Saturday and we walked along the river.",
    "short": "Thank you for your time today.",
}


@pytest.mark.parametrize("check", ["all", "sample", "none"])
def test_a_clip_with_the_text_of_another(mini: MiniProject, aligner: Path, check: str) -> None:
    for name, text in SAID.items():
        mini.audio(f"{name}.wav", speak(text, Voice("en")).astype(np.float32))
        mini.transcript(f"{name}.txt", text)
    mini.transcript("other.txt", "The committee met on Thursday about the new roof.")
    mini.params(segment=SEGMENT | {"aligner": str(aligner), "min_score": 0.5, "check": check})
    result = mini.segment()
    scores = {row["recording"]: row["score"] for row in result.segments}
    if check == "none":
        assert len(scores) == 3 and set(scores.values()) == {None}
        return
    assert sorted(scores) == sorted(recording_id(KEY, name) for name in ("right", "short"))
    assert min(scores.values()) > 0.7
    assert result.metrics["dropped_cues"] == {"score_low": 1}
    assert result.metrics["dropped_recordings"] == {"no_segments": 1}
    # The wrong one counts, though nothing of it is kept.
    assert result.metrics["transcript_words_compared"] > 5
    assert result.metrics["transcript_error_rate"] > 0.2


def test_a_clip_with_words_that_nobody_understood(mini: MiniProject, aligner: Path) -> None:
    mini.audio("clip.wav", speak(SAID["right"], Voice("en")).astype(np.float32))
    mini.transcript("clip.txt", "I have been [inaudible] badly since the move.")
    mini.params(segment=SEGMENT | {"aligner": str(aligner), "check": "all"})
    assert mini.segment().metrics["dropped_cues"] == {"cue_redacted": 1}
