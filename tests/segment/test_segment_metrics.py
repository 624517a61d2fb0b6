"""The metrics of `segment` that no recording's own test covers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stages.common.audio.samples import SAMPLE_RATE
from stages.common.core.manifest import Use
from stages.common.core.metrics import three_digits
from stages.common.transcripts.cue import Cue
from stages.segment.checking.error_rate import ClearWords
from stages.segment.metrics import segment_metrics
from stages.segment.recording import Outcome
from stages.segment.sessions import Sessions, Source
from tests.support.mini_project import MiniProject, srt, voice


def test_the_error_rate_is_that_of_the_teams_own_transcripts() -> None:
    """Rare words of spoken sessions would raise it."""
    uses: dict[str, Use] = {"own": "all", "second": "all", "spoken": "train"}
    sources = [
        Source(name, name, Path(name), ((Path(name), ""),), use) for name, use in uses.items()
    ]
    outcomes = [
        Outcome(
            name,
            rejections=["no_segments"],
            lost=[(Cue(0.0, 1.0, "word " * 100), "score_low")],
            clear=ClearWords(100, 50 if name == "spoken" else 2, 0.0),
        )
        for name in uses
    ]
    sessions = Sessions(sources, 3, 3, [], [], [], 0, has_clients=True)
    metrics = segment_metrics(sessions, outcomes)
    assert metrics["transcript_error_rate"] == pytest.approx(0.02)
    assert metrics["transcript_words_compared"] == 200


def test_git_holds_no_figure_of_a_single_recording(mini: MiniProject) -> None:
    """Length and words of a recording are in the quality pages alone."""
    seconds = {"a": 61.003, "b": 74.251}
    for stem, length in seconds.items():
        mini.audio(f"{stem}.wav", np.resize(voice(), round(length * SAMPLE_RATE)))
        mini.transcript(f"{stem}.srt", srt((0.5, 3.5, "a recording without fault")))
    result = mini.segment()
    assert {row["seconds"] for row in result.quality} == {61.003, 74.251}
    assert {row["words"] for row in result.quality} == {4}
    written = (mini.root / "metrics" / "segment.json").read_text(encoding="utf-8")
    assert not [row["recording"] for row in result.quality if row["recording"] in written]
    # The difference of two commits is not a length to the millisecond, either.
    assert result.metrics["seconds"] == 135.0
    assert three_digits(59_000 * 3_000.123) == 177_000_000 and three_digits(0) == 0
