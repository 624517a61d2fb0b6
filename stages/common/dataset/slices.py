"""The slices of a test split that are scored apart, and the names that stand in metrics."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

PARTIES = ("therapist", "client")
"""The parties of speakers, see transcripts/speakers.py."""
NO_SPEAKER = "speaker unknown"

BINS = {
    "duration": ((2.0, 5.0, 10.0, 20.0), "s"),
    "snr": ((10.0, 20.0, 30.0), "dB"),
    # Conversational speech has about 3 words a second, pauses included.
    "rate": ((2.0, 3.0, 4.0), "words/s"),
}
HIGH_VOICE_HZ = 165.0
"""Between the usual fundamental frequencies of men (about 120 Hz) and of women and children (200 Hz
and more). The slice is one of voices, not of persons."""
LOW_VOICE, HIGH_VOICE, NO_PITCH = "low voice", "high voice", "voice unknown"


def binned(value: float, edges: Sequence[float], unit: str) -> str:
    """Name of the bin that holds `value`; an edge belongs to the bin above it."""
    return _names(edges, unit)[bisect_right(edges, value)]


def _names(edges: Sequence[float], unit: str) -> list[str]:
    between = [f"{low:g} to {high:g} {unit}" for low, high in pairwise(edges)]
    return [f"under {edges[0]:g} {unit}", *between, f"from {edges[-1]:g} {unit}"]


SLICES: dict[str, Sequence[str]] = {
    "speaker": (*PARTIES, NO_SPEAKER),
    **{kind: _names(*bins) for kind, bins in BINS.items()},
    "voice": (LOW_VOICE, HIGH_VOICE, NO_PITCH),
}
"""Kind -> its slices, in order; no name occurs in two kinds."""
