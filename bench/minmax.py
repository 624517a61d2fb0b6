"""How repeated measurements are shown."""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def min_median_max(values: Sequence[float], form: str = ".1f") -> str:
    """Minimum / median / maximum; form: of each, as for `format`."""
    shown = (min(values), statistics.median(values), max(values))
    return " / ".join(format(value, form) for value in shown)
