"""The estimate of the transcripts' own error rate."""

from __future__ import annotations

import pytest

from stages.common.transcripts.cue import Cue
from stages.common.transcripts.marks import UNKNOWN
from stages.segment.alignment.transcribe import DecodedText, IntervalHypothesis
from stages.segment.checking.error_rate import ClearWords, ErrorRate, clear_words, error_rate


def heard(text: str, *probabilities: float, start: float = 0.0) -> IntervalHypothesis:
    """A word a second."""
    words = text.split()
    parts = tuple(
        DecodedText(f" {word}", start + at, start + at + 1, probability)
        for at, (word, probability) in enumerate(zip(words, probabilities, strict=True))
    )
    return IntervalHypothesis(start, start + len(words), parts)


def test_words_that_the_transcript_does_not_have() -> None:
    hypothesis = heard("I slept badly this week", 0.99, 0.97, 0.99, 0.5, 0.96)
    cue = Cue(0, 5, "I slept well that week.", score=0.9)
    # "badly" differs; "this" too, but the aligner is not certain of it.
    clear = clear_words([cue], [hypothesis], "en")
    assert (clear.words, clear.different) == (4, 1)
    assert clear.expected == pytest.approx(0.09)


def test_what_is_not_compared() -> None:
    hypotheses = [heard("one two", 1.0, 1.0), heard("three four", 1.0, 1.0, start=10)]
    whole = IntervalHypothesis(20, 22, (DecodedText(" five six", 20, 22, 1.0),))
    checked = Cue(0, 2, "one nine", score=0.5)
    unchecked = Cue(10, 12, "seven eight")
    unknown = Cue(10, 12, f"seven {UNKNOWN}", score=0.1)
    for other in (unchecked, unknown):
        assert clear_words([checked, other], hypotheses, "en") == ClearWords(2, 1, 0.0)
    # An interval that was decoded alone has one probability for all of its words.
    assert clear_words([Cue(20, 22, "no", score=0.1)], [whole], "en") == ClearWords()
    assert clear_words([], [], "en") == ClearWords()


def test_the_rate_of_all_recordings() -> None:
    two = [(100, ClearWords(50, 3, 1.0)), (300, ClearWords(10, 1, 0.4))]
    rate = error_rate(two)
    assert rate and rate.value == pytest.approx((100 * 0.04 + 300 * 0.06) / 400)
    # Two recordings say too little: Student's t with one degree of freedom is 12.7.
    assert (rate.low, rate.high) == (None, None)
    three = error_rate([*two, (100, ClearWords(50, 3, 1.0))])
    assert three and three.low is not None and three.high and three.low < 0.052 < three.high < 0.1
    assert error_rate([(100, ClearWords(50, 3, 1.0))]) == ErrorRate(0.04, None, None)
    assert error_rate([(100, ClearWords())]) is None and error_rate([]) is None
    same = error_rate([(100, ClearWords(50, 3, 1.0))] * 4)
    assert same == pytest.approx((0.04, 0.04, 0.04))


def test_an_aligner_that_is_better_than_it_believes() -> None:
    assert ClearWords(100, 0, 1.0).error_rate == pytest.approx(-0.01)
    rate = error_rate([(10, ClearWords(100, 0, 1.0))] * 3)
    assert rate == pytest.approx((0.0, 0.0, 0.0))


def test_words_at_the_edge_of_an_unchecked_cue_are_not_missing() -> None:
    hypothesis = heard("one two three four", 1.0, 1.0, 1.0, 1.0)
    checked, unchecked = Cue(0, 2.4, "one two", score=1.0), Cue(2.4, 4, "three four")
    assert clear_words([checked, unchecked], [hypothesis], "en") == ClearWords(2, 0, 0.0)
    alone = clear_words([checked], [hypothesis], "en")
    assert (alone.words, alone.different) == (3, 1)
