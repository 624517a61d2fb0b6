"""Scores of timed cues from what the model wrote in their time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stages.common.transcripts.cue import Cue
from stages.segment.alignment.transcribe import DecodedText, IntervalHypothesis
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


def said(*words: tuple[str, float, float]) -> list[IntervalHypothesis]:
    parts = tuple(DecodedText(f" {word}", start, end, 0.9) for word, start, end in words)
    return [IntervalHypothesis(parts[0].start, parts[-1].end, parts)]


TURNS = [
    Cue(0.0, 2.0, "did you sleep better", "T"), Cue(2.0, 2.35, "Yeah.", "C"),
    Cue(2.35, 4.4, "that is very good news", "T"),
]  # fmt: skip
WORDS = [
    ("did", 0.0, 0.4), ("you", 0.4, 0.8), ("sleep", 0.8, 1.4), ("better", 1.4, 2.0),
    ("yeah", 2.0, 2.35), ("that", 2.35, 2.6), ("is", 2.6, 2.8), ("very", 2.8, 3.2),
    ("good", 3.2, 3.6), ("news", 3.6, 4.3),
]  # fmt: skip


def test_a_short_turn_between_turns_without_a_pause() -> None:
    """Its neighbours' words are within the slack of word times."""
    assert [cue.score for cue in score_cues(TURNS, said(*WORDS), WHOLE, "en")] == [1.0, 1.0, 1.0]
    unheard = score_cues(TURNS, said(*WORDS[:4], *WORDS[5:]), WHOLE, "en")
    assert min(cue.score or 0 for cue in unheard) > 0.8
    wrong = [TURNS[0], TURNS[1], replace(TURNS[2], text="nobody wrote to me all week")]
    scores = [cue.score or 0 for cue in score_cues(wrong, said(*WORDS), WHOLE, "en")]
    assert scores[0] == 1.0 and scores[2] < 0.5


@pytest.mark.parametrize("off", [-0.2, 0.0, 0.2])
def test_a_cue_a_word(off: float) -> None:
    """Word times of a model are off by tenths of a second."""
    cues = [Cue(start, end, word) for word, start, end in WORDS]
    heard = said(*((word, start + off, end + off) for word, start, end in WORDS))
    scores = [cue.score for cue in score_cues(cues, heard, WHOLE, "en")]
    assert min(score or 0 for score in scores) > 0.7
    others = [
        replace(cue, text=text)
        for cue, text in zip(
            cues,
            ["nobody", "wrote", "to", "me", "all", "of", "this", "long", "week", "here"],
            strict=True,
        )
    ]
    assert max(cue.score or 0 for cue in score_cues(others, heard, WHOLE, "en")) < 0.5
