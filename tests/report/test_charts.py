"""Chart geometry: round ticks, axes that reach far enough, positions on the axis."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.report.charts import Axis, DotPlot, DotRow, needed_end
from stages.report.run_metrics import Rate


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
    assert Axis.up_to(highest).ticks == pytest.approx(expected)


@given(st.floats(1e-6, 1e9))
def test_last_tick_is_at_or_above_the_highest_value(highest: float) -> None:
    ticks = Axis.up_to(highest).ticks
    assert 2 <= len(ticks) <= 6
    assert ticks[-2] < highest * (1 + 1e-6) and ticks[-1] >= highest * (1 - 1e-6)


def test_wide_interval_does_not_squeeze_the_values() -> None:
    assert needed_end([Rate(0.2, 0.1, 0.25), Rate(0.3, 0.2, 0.35)]) == 0.35
    assert needed_end([Rate(0.2, 0.1, 0.25), Rate(0.3, 0.2, 40.0)]) == 0.6
    plot = DotPlot.of("", [DotRow("a", "", None, Rate(0.3, 0.2, 40.0))])
    assert plot.axis.end == pytest.approx(0.6)


def test_positions_stay_on_the_axis() -> None:
    axis = Axis((0.0, 1.0, 2.0))
    assert (axis.at(0.5), axis.at(3.0), axis.at(-1.0)) == ("25.00%", "100.00%", "0.00%")


def test_ticks_have_decimals_only_where_needed() -> None:
    assert Axis.up_to(0.6).percent_spec == ".0%"
    assert Axis.up_to(0.012).percent_spec == ".1%"
