"""Slice labels of the test clips, made once for both models: they need only reference and sound.

Names of slices stand in metrics: they are this project's own, never a name from a transcript.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from stages.common.audio.pitch import median_pitch
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.audio.snr import noise_power, snr_db
from stages.common.core.files import Row
from stages.common.dataset.features import decode_clip
from stages.common.dataset.full_recordings import read_recordings, samples_of
from stages.common.dataset.slices import (
    BINS,
    HIGH_VOICE,
    HIGH_VOICE_HZ,
    LOW_VOICE,
    NO_PITCH,
    NO_SPEAKER,
    binned,
)
from stages.common.dataset.split import clips_of
from stages.common.text.normalizer import scoring_form
from stages.common.transcripts.speakers import party


def label_clips(split: Path, recordings: Path) -> Iterator[Row]:
    """One row for each clip: its id, and the clip's slice of each kind.

    Args:
        split: the folder of the test split.
        recordings: its full recordings, which hold the speakers and the noise between the clips.
    """
    transcripts = read_recordings(recordings)
    speakers = {row["id"]: row["speaker"] for rows in transcripts.values() for row in rows}
    noise = {name: noise_power(samples_of(recordings, name)) for name in transcripts}
    for clip in clips_of(split):
        samples = decode_clip(clip.audio)
        labels = slices_of(speakers[clip.id], clip.text, samples, noise[clip.recording])
        yield {"id": clip.id, **labels}


def slices_of(speaker: str, text: str, samples: Samples, noise: float) -> dict[str, str]:
    """Kind -> slice of one clip.

    Args:
        speaker: as in the manifest: a role, a name or "".
        text: the reference.
        samples: 16 kHz in [-1, 1], shape (n,), not empty.
        noise: power of the recording's noise, see `snr.noise_power`.
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
    """Therapist or client, where the transcript names the role."""
    return party(speaker) or NO_SPEAKER


def voice_slice(hertz: float | None) -> str:
    """Low or high voice; unknown where hardly any frame has a pitch."""
    if hertz is None:
        return NO_PITCH
    return LOW_VOICE if hertz < HIGH_VOICE_HZ else HIGH_VOICE
