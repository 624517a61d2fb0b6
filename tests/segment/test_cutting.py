"""Cues to segments: what is joined, padded and dropped."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from stages.common.core.params import Segment
from stages.common.transcripts.cue import Cue
from stages.segment.cutting import Cut, cut
from tests.support.workplace import SEGMENT


def run(*cues: tuple[float, float, str] | Cue, seconds: float = 100.0, **changed: float) -> Cut:
    settings = Segment.model_validate(SEGMENT | {"pad_seconds": 0.0} | changed)
    return cut([cue if isinstance(cue, Cue) else Cue(*cue) for cue in cues], seconds, settings)


def spans(done: Cut) -> Sequence[tuple[float, float, str]]:
    return [(piece.start, piece.end, piece.cue.text) for piece in done.pieces]


def test_a_segment_for_each_cue() -> None:
    cues = [(1.0, 3.0, "a"), (5.0, 8.0, "b")]
    assert spans(run(*cues)) == cues
    assert not run(*cues).dropped and not run(*cues).reordered


def test_short_cues_join_the_nearer_neighbour() -> None:
    assert spans(run((1, 3, "a"), (3.5, 4, "b"), (4.2, 6, "c"))) == [(1, 3, "a"), (3.5, 6, "b c")]
    assert spans(run((1, 3, "a"), (3.2, 4, "b"), (4.5, 6, "c"))) == [(1, 4, "a b"), (4.5, 6, "c")]
    assert spans(run((1, 1.4, "a"), (1.5, 1.9, "b"), (2, 4, "c"))) == [(1, 4, "a b c")]


def test_what_keeps_short_cues_alone() -> None:
    far = [(1.0, 3.0, "a"), (4.1, 4.6, "b")]
    assert spans(run(*far)) == far
    others = run(Cue(1, 3, "a", "Client"), Cue(3.1, 3.6, "b", "Therapist"))
    assert len(others.pieces) == 2
    full = [(1.0, 30.8, "a"), (31.0, 31.5, "b")]
    assert spans(run(*full)) == full
    assert len(run((1, 3, "a"), (3.1, 3.6, "b"), min_seconds=0.4).pieces) == 2


def test_nothing_is_joined_across_a_cue_that_was_dropped() -> None:
    done = run((0, 2, "a"), (2.1, 2.6, "b"), (2.7, 40, "too long"), (40.1, 40.5, "c"))
    assert spans(done) == [(0, 2.6, "a b"), (40.1, 40.5, "c")]
    assert done.dropped == {"cue_too_long": 1}


def test_padding_takes_half_of_a_gap_at_most() -> None:
    done = run((1, 3, "a"), (3.2, 6, "b"), (8, 9.9, "c"), seconds=10, pad_seconds=0.2)
    assert spans(done) == [(0.8, 3.1, "a"), (3.1, 6.2, "b"), (7.8, 10, "c")]


def test_padding_stays_in_the_file_and_off_other_speech() -> None:
    assert spans(run((0.1, 9.95, "a"), seconds=10, pad_seconds=0.5)) == [(0, 10, "a")]
    done = run((1, 3, "a"), (2.9, 5, "b"), seconds=10, pad_seconds=0.5)
    assert spans(done) == [(0.5, 3, "a"), (2.9, 5.5, "b")]
    done = run((0, 31, "too long"), (31.1, 33, "b"), seconds=50, pad_seconds=0.5)
    assert spans(done) == [(31.05, 33.5, "b")]


def test_padding_never_makes_a_segment_too_long() -> None:
    assert spans(run((10, 39.9, "a"), pad_seconds=0.5)) == [(9.95, 39.95, "a")]
    assert spans(run((10, 40, "a"), pad_seconds=0.5)) == [(10, 40, "a")]


def test_the_words_keep_their_own_times_inside_the_padding() -> None:
    done = run((1, 1.4, "a"), (1.5, 3.00049, "b"), (3.2, 6, "c"), pad_seconds=0.2)
    times = [(piece.start, piece.cue.start, piece.cue.end, piece.end) for piece in done.pieces]
    assert times == [(0.8, 1, 3, 3.1), (3.1, 3.2, 6, 6.2)]
    brief = run((1.0001, 1.0004, "less than a millisecond"), pad_seconds=0.2)
    assert not brief.pieces and brief.dropped == {"times_out_of_order": 1}


def test_overlap_drops_what_it_covers_by_half_a_second_and_a_fifth() -> None:
    both = run((1, 4, "a"), (3, 6, "b"))
    assert not both.pieces and both.dropped == {"overlapping_speech": 2}
    brief = run((1, 11, "a"), (10.6, 12, "b"))
    assert len(brief.pieces) == 2
    inner = run((0, 20, "a"), (5, 6, "mm"))
    assert spans(inner) == [(0, 20, "a")] and inner.dropped == {"overlapping_speech": 1}
    little = run((0, 10, "a"), (9, 19, "b"))
    assert len(little.pieces) == 2


def test_overlaps_with_several_cues_add_up_once() -> None:
    done = run((0, 5, "a"), (1, 1.6, "b"), (1, 1.6, "c"))
    assert [piece.cue.text for piece in done.pieces] == ["a"]
    done = run((0, 5, "a"), (1, 1.6, "b"), (2, 2.6, "c"))
    assert not done.pieces and done.dropped == {"overlapping_speech": 3}


@pytest.mark.parametrize(
    ("cue", "reason"),
    [
        ((1, 3, ""), "cue_empty"),
        ((3, 1, "a"), "times_out_of_order"),
        ((3, 3, "a"), "times_out_of_order"),
        ((math.nan, 3, "a"), "times_unreadable"),
        ((1, math.inf, "a"), "times_unreadable"),
        ((-1, 3, "a"), "times_unreadable"),
        ((100, 101, "a"), "times_past_end"),
        ((98, 100.6, "a"), "times_past_end"),
        ((1, 31.1, "a"), "cue_too_long"),
    ],
)
def test_cues_that_are_no_use(cue: tuple[float, float, str], reason: str) -> None:
    done = run((50, 53, "kept"), cue)
    assert [kept.cue.text for kept in done.pieces] == ["kept"]
    assert done.dropped == {reason: 1}


def test_a_little_past_the_end_is_cut_there() -> None:
    assert spans(run((98, 100.5, "a"))) == [(98, 100, "a")]


def test_cues_out_of_order_are_sorted() -> None:
    done = run((5, 7, "b"), (1, 3, "a"))
    assert spans(done) == [(1, 3, "a"), (5, 7, "b")] and done.reordered and not done.dropped


def test_times_are_whole_milliseconds() -> None:
    assert spans(run((1.00049, 2.99951, "a"))) == [(1.0, 3.0, "a")]
