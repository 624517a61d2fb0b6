"""Axes: round ticks, far enough, not too many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.report.scale import at, reach, ticks


@pytest.mark.parametrize(
    ("highest", "expected"),
    [
        (0.0, [0, 1]),
        (0.61, [0, 0.2, 0.4, 0.6, 0.8]),
        (1.0, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (5, [0, 1, 2, 3, 4, 5]),
        (188, [0, 50, 100, 150, 200]),
    ],
)
def test_round_ticks(highest: float, expected: list[float]) -> None:
    assert ticks(highest) == pytest.approx(expected)


@given(st.floats(1e-6, 1e9))
def test_the_last_tick_is_at_or_above_the_highest_value(highest: float) -> None:
    found = ticks(highest)
    assert 2 <= len(found) <= 6
    assert found[-2] < highest * (1 + 1e-6) and found[-1] >= highest * (1 - 1e-6)


def test_a_huge_limit_does_not_press_the_values_together() -> None:
    assert reach([0.2, 0.3], [0.25, 0.35]) == 0.35
    assert reach([0.2, 0.3], [0.25, 40.0]) == 0.6


def test_places_stay_on_the_axis() -> None:
    assert (at(0.5, 2.0), at(3.0, 2.0), at(-1.0, 2.0)) == ("25.00%", "100.00%", "0.00%")
