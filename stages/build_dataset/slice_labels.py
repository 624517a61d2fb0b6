"""Slice labels of the test clips, made once for both models: they need only reference and sound.

Names of slices stand in metrics: they are this project's own, never a name from a transcript.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from stages.common.audio.pitch import median_pitch
from stages.common.audio.samples import SAMPLE_RATE, Samples, to_samples
from stages.common.audio.snr import noise_power, snr_db
from stages.common.core.files import Row
from stages.common.dataset import slices
from stages.common.dataset.features import decode_clip
from stages.common.dataset.full_recordings import ReadAudio, read_recordings
from stages.common.dataset.split_storage import clips_of
from stages.common.text.normalizer import scoring_form
from stages.common.transcripts.speakers import party


def label_clips(
    split: Path, recordings: Path, read_audio: ReadAudio, language: str
) -> Iterator[Row]:
    """One row for each clip of `split`: its id, and its slice of each kind.

    Args:
        recordings: the split's full ones, which hold the speakers.
        read_audio: at the clips' level; it holds the noise between them.
    """
    transcripts = read_recordings(recordings)
    speakers = {row["id"]: row["speaker"] for rows in transcripts.values() for row in rows}
    noise = {name: noise_power(to_samples(read_audio(name))) for name in transcripts}
    for clip in clips_of(split):
        samples = decode_clip(clip.audio)
        labels = slices_of(speakers[clip.id], clip.text, samples, noise[clip.recording], language)
        yield {"id": clip.id, **labels}


def slices_of(
    speaker: str, text: str, samples: Samples, noise: float, language: str
) -> dict[str, str]:
    """Kind -> slice of one clip.

    Args:
        speaker: as in the manifest: a role, a name or "".
        text: the reference.
        samples: 16 kHz in [-1, 1], shape (n,), not empty.
        noise: power of the recording's noise, see `snr.noise_power`.
    """
    seconds = len(samples) / SAMPLE_RATE
    rate = len(scoring_form(text, language).split()) / seconds
    return {
        "speaker": party(speaker) or slices.NO_SPEAKER,
        "duration": slices.binned(seconds, *slices.BINS["duration"]),
        "snr": slices.binned(snr_db(samples, noise), *slices.BINS["snr"]),
        "rate": slices.binned(rate, *slices.BINS["rate"]),
        "voice": voice_slice(median_pitch(samples)),
    }


def voice_slice(hertz: float | None) -> str:
    """hertz: None where hardly any frame has a pitch."""
    if hertz is None:
        return slices.NO_PITCH
    return slices.LOW_VOICE if hertz < slices.HIGH_VOICE_HZ else slices.HIGH_VOICE
