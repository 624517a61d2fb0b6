"""The slices of a test side that are scored apart: who speaks, how long, how clearly, how fast, how
high. Names of slices stand in metrics: they are this module's own, never a name from a transcript.
"""

from __future__ import annotations

from stages.common.audio.pitch import median_pitch
from stages.common.audio.samples import SAMPLE_RATE
from stages.common.audio.snr import Samples, snr_db
from stages.common.dataset.slices import (
    BINS,
    HIGH_VOICE,
    HIGH_VOICE_HZ,
    LOW_VOICE,
    NO_PITCH,
    NO_SPEAKER,
    SPEAKER_ROLES,
    binned,
)
from stages.common.text.normalizer import scoring_form
from stages.common.transcripts.plain import role


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
        "duration": binned(seconds, *BINS["duration"]),
        "snr": binned(snr_db(samples, noise), *BINS["snr"]),
        "rate": binned(rate, *BINS["rate"]),
        "voice": voice_slice(median_pitch(samples)),
    }


def speaker_slice(speaker: str) -> str:
    """Therapist or client, where the transcript says so."""
    said = role(speaker)
    return next((name for name, roles in SPEAKER_ROLES.items() if said in roles), NO_SPEAKER)


def voice_slice(hertz: float | None) -> str:
    """Low or high; unknown where hardly anything has a pitch."""
    if hertz is None:
        return NO_PITCH
    return LOW_VOICE if hertz < HIGH_VOICE_HZ else HIGH_VOICE
