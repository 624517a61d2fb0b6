"""`bench.time_to_wer`: the comparison of curves and the choice of data, on small cases."""

from __future__ import annotations

import pytest

from bench.time_to_wer_curve import (
    Point,
    best,
    best_within,
    seconds_to,
    tables,
    validation_steps,
)
from bench.time_to_wer_data import first_minutes, spread
from stages.common.core.errors import UserError
from stages.common.core.manifest import Segment

# The WER rises before it falls below 10 %, and its minimum occurs twice.
CURVE = [
    Point(0.0, 0, 0.20), Point(60.0, 10, 0.12), Point(120.0, 20, 0.14),
    Point(180.0, 30, 0.06), Point(240.0, 40, 0.04), Point(300.0, 50, 0.04),
]  # fmt: skip


@pytest.mark.parametrize(
    ("wer", "seconds"),
    [
        (0.20, 0.0),  # the base's
        (0.16, 30.0),  # halfway from 0.20 to 0.12
        (0.12, 60.0),  # at a point
        (0.10, 150.0),  # halfway from 0.14 to 0.06, after the rise
        (0.04, 240.0),  # the first of two
        (0.03, None),
    ],
)
def test_the_time_at_which_a_wer_is_first_reached(wer: float, seconds: float | None) -> None:
    assert seconds_to(CURVE, wer) == (None if seconds is None else pytest.approx(seconds))


def test_the_best_point_and_the_best_wer_within_a_time() -> None:
    assert best(CURVE) == CURVE[4]
    assert [best_within(CURVE, s) for s in (0, 59, 60, 179, 180, 999)] == [
        0.20, 0.20, 0.12, 0.12, 0.06, 0.04,
    ]  # fmt: skip


def test_validations_are_at_equal_distances_and_at_the_last_step() -> None:
    assert validation_steps(40, 8) == {5, 10, 15, 20, 25, 30, 35, 40}
    assert validation_steps(10, 4) == {2, 5, 8, 10}
    assert validation_steps(3, 8) == {1, 2, 3}


def test_the_tables() -> None:
    fast = [Point(0.0, 0, 0.20), Point(30.0, 5, 0.04), Point(60.0, 10, 0.02)]
    slow = [Point(0.0, 0, 0.20), Point(30.0, 5, 0.10), Point(60.0, 10, 0.08)]
    audio = {"guide": 600.0, "a": 600.0, "b": 600.0}
    lines = tables("guide", CURVE, {"a": fast, "b": slow}, audio)
    assert "minutes to 4.00%" in lines[0]
    assert lines[2:5] == [
        "| guide | 50 | 5.00 | 2.0 | 4.00% | 4.00 | 1.0 times |",
        "| a | 10 | 1.00 | 10.0 | 2.00% | 0.50 | 8.0 times |",
        "| b | 10 | 1.00 | 10.0 | 8.00% | not reached | - |",
    ]
    # After half of ours, all of ours, and all of the guide's time.
    assert lines[-3:] == [
        "| 0.50 | 20.00% | 4.00% / 7.00% / 10.00% |",
        "| 1.00 | 12.00% | 2.00% / 5.00% / 8.00% |",
        "| 5.00 | 4.00% | 2.00% / 5.00% / 8.00% |",
    ]


def segment(recording: str, start: float) -> Segment:
    return Segment(f"{recording}-{start}", recording, start, start + 30, start, start + 30, "a", "")


def test_only_training_recordings_are_cut_to_the_minutes() -> None:
    segments = [segment(r, 30.0 * n) for r in ("a", "b", "c") for n in range(3)]
    kept = [s.recording for s in first_minutes(segments, {"a", "c"}, 2.0)]
    assert kept == ["a", "a", "a", "b", "b", "b", "c"]
    with pytest.raises(UserError, match=r"have 3\.0 minutes"):
        list(first_minutes(segments, {"a", "c"}, 4.0))


def test_clips_at_equal_distances() -> None:
    assert spread(list(range(10)), 3) == [0, 3, 6]
    assert spread(list(range(2)), 3) == [0, 1]
