"""Geometry of the charts that `templates/charts.html.j2` draws as inline SVG.

Horizontal positions are percentages of the drawing's width, so that a chart fills its column while
text and marks keep their size; vertical ones are pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from stages.common.core.files import Row
from stages.report.run_metrics import Rate

_ROUND_STEPS = (1.0, 2.0, 5.0, 10.0)
_MAX_STEPS = 5


@dataclass(frozen=True)
class Axis:
    """From 0 to the last tick."""

    ticks: tuple[float, ...]

    @staticmethod
    def up_to(highest: float) -> Axis:
        """At most six ticks in round steps, the last at or above `highest`."""
        if highest <= 0:
            return Axis((0.0, 1.0))
        power = 10.0 ** math.floor(math.log10(highest / _MAX_STEPS))
        # The margin keeps a rounding error above a tick from adding another one.
        enough = highest * (1 - 1e-9)
        step = next(s * power for s in _ROUND_STEPS if s * power * _MAX_STEPS >= enough)
        return Axis(tuple(n * step for n in range(math.ceil(enough / step) + 1)))

    @property
    def end(self) -> float:
        return self.ticks[-1]

    @property
    def percent_spec(self) -> str:
        """Format of the ticks as percentages: without decimals where all are whole."""
        return ".0%" if all(round(100 * tick, 6) % 1 == 0 for tick in self.ticks) else ".1%"

    def at(self, value: float) -> str:
        """Position of `value`, as a percentage of the drawing's width; clipped to the axis."""
        return f"{min(100.0, max(0.0, 100 * value / self.end)):.2f}%"


@dataclass(frozen=True)
class DotRow:
    name: str
    detail: str
    """The counts behind the rates."""
    base: Rate | None
    tuned: Rate | None

    @property
    def rates(self) -> list[tuple[str, Rate]]:
        """The models that have a rate, by name."""
        both = (("base", self.base), ("tuned", self.tuned))
        return [(model, rate) for model, rate in both if rate is not None]

    @property
    def description(self) -> str:
        values = [
            f"{model} {rate.value:.1%}" + (f" ({rate.limits})" if rate.limits else "")
            for model, rate in self.rates
        ]
        return f"{self.name}: {'; '.join(values) or 'no occurrences'}"


@dataclass(frozen=True)
class DotPlot:
    """A row for each line: both models' rates with their intervals."""

    title: str
    rows: Sequence[DotRow]
    axis: Axis

    @staticmethod
    def of(title: str, rows: Sequence[DotRow], end: float | None = None) -> DotPlot:
        """end: of the axis; by default it is chosen by `needed_end`."""
        rates = [rate for row in rows for _, rate in row.rates]
        return DotPlot(title, rows, Axis.up_to(end or needed_end(rates)))


def needed_end(rates: Sequence[Rate]) -> float:
    """Covers the highest rate, and the upper limits up to twice that rate: a wider interval would
    squeeze everything else together, so it runs off the axis."""
    highest = max((rate.value for rate in rates), default=0.0)
    limits = [min(rate.high, 2 * highest) for rate in rates if rate.high is not None]
    return max([highest, *limits])


@dataclass(frozen=True)
class BarPart:
    name: str
    css: str
    count: int
    share: float
    start: float
    """The sum of the shares before it."""


@dataclass(frozen=True)
class BarChart:
    """A stacked bar for each (name, parts)."""

    bars: Sequence[tuple[str, Sequence[BarPart]]]

    @staticmethod
    def describe(name: str, parts: Sequence[BarPart]) -> str:
        return f"{name}: " + ", ".join(f"{p.count:,} {p.name} ({p.share:.1%})" for p in parts)

    @property
    def axis(self) -> Axis:
        return Axis.up_to(max(part.start + part.share for _, parts in self.bars for part in parts))


@dataclass(frozen=True)
class Series:
    name: str
    marker: Literal["first", "second"]
    """Hollow squares on a dashed line, or filled dots on a solid one."""
    points: Sequence[tuple[int, float]]
    """(step or percent, value), in order."""


@dataclass(frozen=True)
class LineChart:
    """Values by training step, or by percent."""

    title: str
    series: Sequence[Series]
    spec: str
    """Format of the values."""
    position: str = "step"
    """Name of the horizontal axis."""
    height = 180
    """Pixels, without the labels of the steps."""

    @property
    def steps(self) -> Axis:
        # From 5 on the ticks are whole numbers, as steps are.
        return Axis.up_to(max(5, *(step for each in self.series for step, _ in each.points)))

    @property
    def values(self) -> Axis:
        return Axis.up_to(max(value for each in self.series for _, value in each.points))

    def y(self, value: float) -> str:
        """Pixels from the top; 6 at either end leave room for half a label or marker."""
        return f"{6 + (self.height - 12) * (1 - value / self.values.end):.1f}"

    @property
    def description(self) -> str:
        series = (
            f"{each.name} from {each.points[0][1]:{self.spec}} to {each.points[-1][1]:{self.spec}} "
            f"at {self.position} {each.points[-1][0]:,}"
            for each in self.series
        )
        return f"{self.title}: {'; '.join(series)}"

    def polyline(self, series: Series) -> str:
        """Points in a drawing 100 units wide, which is stretched to the chart's width."""
        return " ".join(
            f"{100 * step / self.steps.end:.2f},{self.y(value)}" for step, value in series.points
        )


@dataclass(frozen=True)
class ReliabilityDiagram:
    """Share of correct words by confidence, in pixels. The area of a dot grows with its words."""

    bins: Sequence[Row]
    side, left, top = 260, 62, 10
    width, height = left + side + 16, top + side + 36
    ticks = (0.0, 0.25, 0.5, 0.75, 1.0)

    def x(self, share: float) -> str:
        return f"{self.left + self.side * share:.1f}"

    def y(self, share: float) -> str:
        return f"{self.top + self.side * (1 - share):.1f}"

    def radius(self, words: int) -> str:
        return f"{3 + 9 * (words / sum(each['words'] for each in self.bins)) ** 0.5:.1f}"

    @property
    def description(self) -> str:
        return "; ".join(
            f"confidence {each['confidence']:.0%}, {each['correct']:.0%} correct"
            for each in self.bins
        )

    @property
    def polyline(self) -> str:
        return " ".join(
            f"{self.x(row['confidence'])},{self.y(row['correct'])}" for row in self.bins
        )
