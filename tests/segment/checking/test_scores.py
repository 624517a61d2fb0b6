"""Scores of timed cues from what the model wrote in their time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stages.common.transcripts.cue import Cue
from stages.segment.checking.scores import score_cues
from tests.segment.checking.test_offsets import session, written

WHOLE = [(0.0, 300.0)]


def test_words_that_are_there() -> None:
    for cue in score_cues(session(), written(session()), WHOLE, "en"):
        assert cue.score == 1.0 and cue.confidence == pytest.approx(0.9)


def test_words_that_are_not_there() -> None:
    cues = session()
    cues[3] = replace(cues[3], text="She never wrote back to anybody")
    scored = score_cues(cues, written(session()), WHOLE, "en")
    assert (scored[3].score or 0) < 0.5
    assert all(cue.score == 1.0 for number, cue in enumerate(scored) if number != 3)


def test_words_that_are_elsewhere() -> None:
    late = [replace(cue, start=cue.start + 5, end=cue.end + 5) for cue in session()]
    assert all(cue.score == 0.0 for cue in score_cues(late, written(session()), WHOLE, "en"))


def test_only_what_is_drawn_is_scored() -> None:
    scored = score_cues(session(), written(session()), [(50.0, 100.0)], "en")
    assert [cue.score is not None for cue in scored] == [50 <= cue.start < 100 for cue in session()]


def test_a_backchannel_that_the_model_missed_is_no_fault() -> None:
    mhm, long = Cue(100.2, 100.9, "Mhm."), Cue(100.2, 101.9, "I did not say that at all.")
    (scored,), (missed,) = (score_cues([cue], [], WHOLE, "en") for cue in (mhm, long))
    assert scored.score is None and missed.score == 0.0


def test_a_cue_without_letters_has_no_score() -> None:
    (scored,) = score_cues([Cue(2.0, 4.0, "...")], written(session()), WHOLE, "en")
    assert scored.score is None
