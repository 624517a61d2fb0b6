"""Which minutes of a recording are checked."""

from __future__ import annotations

from itertools import pairwise

import pytest

from stages.segment.checking.draw import Check, drawn_blocks

HOUR = 3600.5


def test_all_and_none() -> None:
    blocks = drawn_blocks("r1", HOUR, "all")
    assert blocks[0][0] == 0 and blocks[-1] == (3600.0, HOUR)
    assert all(a[1] == b[0] for a, b in pairwise(blocks)) and len(blocks) == 61
    assert drawn_blocks("r1", HOUR, "none") == []


@pytest.mark.parametrize(("seconds", "expected"), [(5.0, 1), (170.0, 3), (1200.0, 3), (HOUR, 7)])
def test_some_minutes(seconds: float, expected: int) -> None:
    blocks = drawn_blocks("r1", seconds, "sample")
    assert len(blocks) == expected
    assert all(0 <= start < end <= seconds for start, end in blocks)
    assert all(a[1] <= b[0] for a, b in pairwise(blocks))


def test_two_runs_draw_the_same_and_two_recordings_do_not() -> None:
    check: Check = "sample"
    assert drawn_blocks("r1", HOUR, check) == drawn_blocks("r1", HOUR, check)
    drawn = {tuple(drawn_blocks(f"r{number}", HOUR, check)) for number in range(20)}
    assert len(drawn) == 20
