"""Cues to segments: joining, padding and rejection."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import pytest

from stages.common.core.params import Segment
from stages.common.transcripts.cue import Cue
from stages.segment.cutting import SegmentPlan, plan_segments
from tests.support.mini_project import SEGMENT


def plan(
    *cues: tuple[float, float, str] | Cue, seconds: float = 100.0, **changed: float
) -> SegmentPlan:
    settings = Segment.model_validate(SEGMENT | {"pad_seconds": 0.0} | changed)
    given = [cue if isinstance(cue, Cue) else Cue(*cue) for cue in cues]
    return plan_segments(given, seconds, settings)


def spans(planned: SegmentPlan) -> Sequence[tuple[float, float, str]]:
    return [(segment.start, segment.end, segment.cue.text) for segment in planned.segments]


def rejected(planned: SegmentPlan) -> Counter[str]:
    """Cues by reason."""
    return Counter(reason for _, reason in planned.rejected)


def test_a_segment_for_each_cue() -> None:
    cues = [(1.0, 3.0, "a"), (5.0, 8.0, "b")]
    assert spans(plan(*cues)) == cues
    assert not rejected(plan(*cues)) and not plan(*cues).reordered


def test_short_cues_join_the_nearer_neighbour() -> None:
    assert spans(plan((1, 3, "a"), (3.5, 4, "b"), (4.2, 6, "c"))) == [(1, 3, "a"), (3.5, 6, "b c")]
    assert spans(plan((1, 3, "a"), (3.2, 4, "b"), (4.5, 6, "c"))) == [(1, 4, "a b"), (4.5, 6, "c")]
    assert spans(plan((1, 1.4, "a"), (1.5, 1.9, "b"), (2, 4, "c"))) == [(1, 4, "a b c")]


def test_short_cues_that_stay_alone() -> None:
    far = [(1.0, 3.0, "a"), (4.1, 4.6, "b")]
    assert spans(plan(*far)) == far
    others = plan(Cue(1, 3, "a", "Client"), Cue(3.1, 3.6, "b", "Therapist"))
    assert len(others.segments) == 2
    full = [(1.0, 30.8, "a"), (31.0, 31.5, "b")]
    assert spans(plan(*full)) == full
    assert len(plan((1, 3, "a"), (3.1, 3.6, "b"), min_seconds=0.4).segments) == 2


def test_nothing_is_joined_across_a_rejected_cue() -> None:
    planned = plan((0, 2, "a"), (2.1, 2.6, "b"), (2.7, 40, "too long"), (40.1, 40.5, "c"))
    assert spans(planned) == [(0, 2.6, "a b"), (40.1, 40.5, "c")]
    assert rejected(planned) == {"cue_too_long": 1}


def test_padding_takes_half_of_a_gap_at_most() -> None:
    planned = plan((1, 3, "a"), (3.2, 6, "b"), (8, 9.9, "c"), seconds=10, pad_seconds=0.2)
    assert spans(planned) == [(0.8, 3.1, "a"), (3.1, 6.2, "b"), (7.8, 10, "c")]


def test_padding_stays_in_the_file_and_off_other_speech() -> None:
    assert spans(plan((0.1, 9.95, "a"), seconds=10, pad_seconds=0.5)) == [(0, 10, "a")]
    planned = plan((1, 3, "a"), (2.9, 5, "b"), seconds=10, pad_seconds=0.5)
    assert spans(planned) == [(0.5, 3, "a"), (2.9, 5.5, "b")]
    planned = plan((0, 31, "too long"), (31.1, 33, "b"), seconds=50, pad_seconds=0.5)
    assert spans(planned) == [(31.05, 33.5, "b")]


def test_padding_never_makes_a_segment_too_long() -> None:
    assert spans(plan((10, 39.9, "a"), pad_seconds=0.5)) == [(9.95, 39.95, "a")]
    assert spans(plan((10, 40, "a"), pad_seconds=0.5)) == [(10, 40, "a")]


def test_the_words_keep_their_own_times_inside_the_padding() -> None:
    planned = plan((1, 1.4, "a"), (1.5, 3.00049, "b"), (3.2, 6, "c"), pad_seconds=0.2)
    times = [(s.start, s.cue.start, s.cue.end, s.end) for s in planned.segments]
    assert times == [(0.8, 1, 3, 3.1), (3.1, 3.2, 6, 6.2)]
    brief = plan((1.0001, 1.0004, "less than a millisecond"), pad_seconds=0.2)
    assert not brief.segments and rejected(brief) == {"times_out_of_order": 1}


def test_cues_overlapped_by_half_a_second_and_a_fifth_are_rejected() -> None:
    both = plan((1, 4, "a"), (3, 6, "b"))
    assert not both.segments and rejected(both) == {"overlapping_speech": 2}
    brief = plan((1, 11, "a"), (10.6, 12, "b"))
    assert len(brief.segments) == 2
    inner = plan((0, 20, "a"), (5, 6, "mm"))
    assert spans(inner) == [(0, 20, "a")] and rejected(inner) == {"overlapping_speech": 1}
    little = plan((0, 10, "a"), (9, 19, "b"))
    assert len(little.segments) == 2


def test_overlaps_with_several_cues_add_up_once() -> None:
    planned = plan((0, 5, "a"), (1, 1.6, "b"), (1, 1.6, "c"))
    assert [segment.cue.text for segment in planned.segments] == ["a"]
    planned = plan((0, 5, "a"), (1, 1.6, "b"), (2, 2.6, "c"))
    assert not planned.segments and rejected(planned) == {"overlapping_speech": 3}


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
def test_rejected_cues(cue: tuple[float, float, str], reason: str) -> None:
    planned = plan((50, 53, "kept"), cue)
    assert [kept.cue.text for kept in planned.segments] == ["kept"]
    assert rejected(planned) == {reason: 1}


def test_a_little_past_the_end_is_cut_there() -> None:
    assert spans(plan((98, 100.5, "a"))) == [(98, 100, "a")]


def test_cues_out_of_order_are_sorted() -> None:
    planned = plan((5, 7, "b"), (1, 3, "a"))
    assert spans(planned) == [(1, 3, "a"), (5, 7, "b")]
    assert planned.reordered and not rejected(planned)


def test_times_are_whole_milliseconds() -> None:
    assert spans(plan((1.00049, 2.99951, "a"))) == [(1.0, 3.0, "a")]
