"""The slices of a test side that are scored apart: who speaks, how long, how clearly, how fast, how
high. Names of slices stand in metrics: they are this module's own, never a name from a transcript.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from stages.common.dataset.features import SAMPLE_RATE
from stages.common.scoring.snr import Samples, snr_db
from stages.common.scoring.voice import median_pitch
from stages.common.text.normalizer import scoring_form
from stages.common.transcripts.plain import role

_SPEAKERS = {
    "therapist": {"Therapist", "Doctor", "Clinician", "Counsellor", "Counselor", "Interviewer"},
    "client": {"Client", "Patient"},
}
_NOBODY = "speaker unknown"
_SECONDS = (2.0, 5.0, 10.0, 20.0)
_SNR_DB = (10.0, 20.0, 30.0)
_WORDS_A_SECOND = (2.0, 3.0, 4.0)
"""Talk has some 3 words a second, pauses within it included."""
_BINS = {
    "duration": (_SECONDS, "s"),
    "snr": (_SNR_DB, "dB"),
    "rate": (_WORDS_A_SECOND, "words/s"),
}
_HIGH_HZ = 165.0
"""Between the usual fundamentals of men (some 120 Hz) and of women and children (200 Hz and more).
The voice alone is told apart, not who has it."""
_LOW, _HIGH, _NO_PITCH = "low voice", "high voice", "voice unknown"


def slices_of(speaker: str, text: str, samples: Samples, noise: float) -> dict[str, str]:
    """The slice that a clip belongs to, of each kind.

    Args:
        speaker: as the manifest has it: a role, a name or "".
        text: the reference.
        samples: 16 kHz in [-1, 1], shape (n,), not empty.
        noise: of the clip's recording, see `snr.noise_power`.
    """
    seconds = len(samples) / SAMPLE_RATE
    rate = len(scoring_form(text).split()) / seconds
    return {
        "speaker": speaker_slice(speaker),
        "duration": binned(seconds, *_BINS["duration"]),
        "snr": binned(snr_db(samples, noise), *_BINS["snr"]),
        "rate": binned(rate, *_BINS["rate"]),
        "voice": voice_slice(median_pitch(samples)),
    }


def speaker_slice(speaker: str) -> str:
    """Therapist or client, where the transcript says so."""
    said = role(speaker)
    return next((name for name, roles in _SPEAKERS.items() if said in roles), _NOBODY)


def voice_slice(hertz: float | None) -> str:
    """Low or high; unknown where hardly anything has a pitch."""
    if hertz is None:
        return _NO_PITCH
    return _LOW if hertz < _HIGH_HZ else _HIGH


def binned(value: float, edges: Sequence[float], unit: str) -> str:
    """Which of the bins between `edges`, in order, holds `value`; an edge opens the one above."""
    return _names(edges, unit)[bisect_right(edges, value)]


def _names(edges: Sequence[float], unit: str) -> list[str]:
    between = [f"{low:g} to {high:g} {unit}" for low, high in pairwise(edges)]
    return [f"under {edges[0]:g} {unit}", *between, f"from {edges[-1]:g} {unit}"]


SLICES: dict[str, Sequence[str]] = {
    "speaker": (*_SPEAKERS, _NOBODY),
    **{kind: _names(*bins) for kind, bins in _BINS.items()},
    "voice": (_LOW, _HIGH, _NO_PITCH),
}
"""The kinds and the slices of each, in order; no name stands in two kinds."""
