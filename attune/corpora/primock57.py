"""PriMock57: mock consultations in primary care, doctor and patient recorded apart.

audio/day1_consultation01_doctor.wav, audio/day1_consultation01_patient.wav
transcripts/day1_consultation01_doctor.TextGrid, ..._patient.TextGrid
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import soundfile

from attune.corpora.recordings import (
    Found,
    NotImported,
    Prepared,
    by_number,
    decoded,
    files_below,
)
from stages.common.audio.samples import SAMPLE_RATE, Pcm16, to_pcm
from stages.common.core.rejections import RECORDING, RecordingRejected
from stages.common.transcripts.cue import Transcript
from stages.common.transcripts.marks import UNKNOWN
from stages.common.transcripts.read import read_transcripts

LAYOUT = (
    "audio/dayN_consultationNN_doctor.wav and ..._patient.wav, and transcripts/ with a TextGrid of "
    "the same name for each"
)
ROLES = ("doctor", "patient")
_FILE = re.compile(r"(day\d+_consultation\d+)_(doctor|patient)\.(wav|TextGrid)", re.IGNORECASE)


def find(folder: Path) -> list[Found]:
    consultations = by_number(_named(folder))
    return [
        Found(number, f"primock57-{number.replace('_', '-')}", files)
        for number, files in consultations.items()
    ]


def _named(folder: Path) -> Iterator[tuple[str, str, Path]]:
    for path in files_below(folder):
        match = _FILE.fullmatch(path.name)
        if match and path.is_file():
            yield match[1].lower(), f"{match[2]}.{match[3]}".lower(), path


def prepare(found: Found) -> Prepared:
    def one(role: str, suffix: str) -> Path:
        return found.one(f"{role}.{suffix.lower()}", f"{found.number}_{role}.{suffix}")

    texts = {role: one(role, "TextGrid") for role in ROLES}
    transcript = _read(texts)
    channels = [to_pcm(decoded(one(role, "wav"))) for role in ROLES]
    return Prepared(
        suffix=".flac",
        write_audio=partial(_write_stereo, channels),
        transcripts={
            f"{found.stem}_{role}.TextGrid": path.read_bytes() for role, path in texts.items()
        },
        seconds=max(map(len, channels)) / SAMPLE_RATE,
        cues=len(transcript.cues),
        unclear=sum(UNKNOWN in cue.text for cue in transcript.cues),
    )


def _read(texts: dict[str, Path]) -> Transcript:
    try:
        return read_transcripts([(path, role) for role, path in texts.items()])
    except RecordingRejected as rejected:
        raise NotImported(RECORDING[rejected.reason]) from None


def _write_stereo(channels: Sequence[Pcm16], path: Path) -> None:
    """A channel for each speaker; the shorter one ends in silence."""
    samples = np.zeros((max(map(len, channels)), len(channels)), np.int16)
    for number, channel in enumerate(channels):
        samples[: len(channel), number] = channel
    soundfile.write(str(path), samples, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
