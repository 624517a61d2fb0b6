"""When a confidence interval over recordings is shown, and how: one rule for every screen."""

from __future__ import annotations

MIN_RECORDINGS = 3
"""With two, Student's t has one degree of freedom: the limits of a WER of 8 % are about 0 % and
8,000 %."""
TOO_FEW = "too few recordings for an interval"


def interval_text(low: float | None, high: float | None, spec: str = ".1%") -> str:
    """`low to high`, or `TOO_FEW` without limits. spec: format of a limit."""
    return TOO_FEW if low is None or high is None else f"{low:{spec}} to {high:{spec}}"
