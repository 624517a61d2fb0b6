"""Which minutes of a recording are checked."""

from __future__ import annotations

from itertools import pairwise

import pytest

from stages.segment.checking.draw import Check, drawn_blocks

HOUR = 3600.5


def test_all_and_none() -> None:
    assert drawn_blocks("r1", HOUR, "all") == [(0.0, HOUR)]
    assert drawn_blocks("r1", HOUR, "none") == []


@pytest.mark.parametrize(("seconds", "expected"), [(181.0, 3), (1200.0, 3), (HOUR, 7)])
def test_some_minutes(seconds: float, expected: int) -> None:
    blocks = drawn_blocks("r1", seconds, "sample")
    assert len(blocks) == expected
    assert all(0 <= start < end <= seconds for start, end in blocks)
    assert all(a[1] <= b[0] for a, b in pairwise(blocks))


@pytest.mark.parametrize("seconds", [5.0, 170.0, 180.0])
def test_a_sample_of_a_short_recording_is_all_of_it(seconds: float) -> None:
    assert drawn_blocks("r1", seconds, "sample") == [(0.0, seconds)]


def test_two_runs_draw_the_same_and_two_recordings_do_not() -> None:
    check: Check = "sample"
    assert drawn_blocks("r1", HOUR, check) == drawn_blocks("r1", HOUR, check)
    drawn = {tuple(drawn_blocks(f"r{number}", HOUR, check)) for number in range(20)}
    assert len(drawn) == 20
