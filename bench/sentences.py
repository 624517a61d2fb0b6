"""Text for benchmarks: lines of the demo's sessions, as spoken."""

from __future__ import annotations

from itertools import islice

from demo.compose import compose
from demo.material import spoken

_PER_SESSION = 50
"""Fewer lines than any session has."""


def sentences(count: int, seed: int) -> list[str]:
    """`count` lines, the same for the same `seed`. Short lines occur more than once."""
    sessions = compose(1 + count // _PER_SESSION, seed)
    lines = (spoken(line.text) for session in sessions for line in session.lines)
    return list(islice(lines, count))
