"""The demo's synthesizer, which scripts outside the repository import by this name."""

from __future__ import annotations

from attune.speak.espeak import SAMPLE_RATE, Voice, speak

__all__ = ["SAMPLE_RATE", "Voice", "speak"]
