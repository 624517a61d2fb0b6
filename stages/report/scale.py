"""Axes: where they end, and the round values that are written on them."""

from __future__ import annotations

import math
from collections.abc import Iterable

_STEPS = (1.0, 2.0, 5.0, 10.0)
_MOST_STEPS = 5


def ticks(highest: float) -> list[float]:
    """From 0 on in round steps, the last at or above `highest`; six at most."""
    if highest <= 0:
        return [0.0, 1.0]
    power = 10.0 ** math.floor(math.log10(highest / _MOST_STEPS))
    # Just enough for a value that a rounding error put above its tick.
    enough = highest * (1 - 1e-9)
    step = next(s * power for s in _STEPS if s * power * _MOST_STEPS >= enough)
    return [n * step for n in range(math.ceil(enough / step) + 1)]


def at(value: float, end: float) -> str:
    """Where `value` lies on an axis from 0 to `end`, as SVG's per cent of a drawing's width."""
    return f"{min(100.0, max(0.0, 100 * value / end)):.2f}%"


def reach(values: Iterable[float], highs: Iterable[float]) -> float:
    """How far an axis has to go: to the highest value, and to the upper limits unless one of them
    would press all else together."""
    most = max(values, default=0.0)
    return max([most, *(min(high, 2 * most) for high in highs)])
