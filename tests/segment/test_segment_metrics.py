"""The metrics of `segment` that no recording's own test covers."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.common.core.manifest import Use
from stages.common.transcripts.cue import Cue
from stages.segment.checking.error_rate import ClearWords
from stages.segment.metrics import segment_metrics
from stages.segment.recording import Outcome
from stages.segment.sessions import Sessions, Source


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
