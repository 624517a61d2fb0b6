"""Assignment of clips to slices."""

from __future__ import annotations

import io
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import soundfile

from stages.build_dataset.slice_labels import label_clips, slices_of, voice_slice
from stages.common.audio.samples import to_pcm
from stages.common.core.manifest import Segment
from stages.common.dataset.full_recordings import save_recordings
from stages.common.dataset.slices import PARTIES, binned
from stages.common.dataset.split_storage import Clip, save_split
from stages.common.transcripts.speakers import Party

RATE = 16_000
SECONDS = 3


@pytest.mark.parametrize(
    ("speaker", "expected"),
    [
        ("Therapist", "therapist"), ("T", "therapist"), ("DR.", "therapist"),
        ("Counselor", "therapist"), ("Client", "client"), ("pt", "client"), ("", "speaker unknown"),
        ("Speaker", "speaker unknown"), ("Anna Example", "speaker unknown"),
    ],
)  # fmt: skip
def test_roles_and_never_a_name(speaker: str, expected: str) -> None:
    assert slices_of(speaker, "", np.zeros(RATE, np.float32), 1.0, "en")["speaker"] == expected


def test_every_party_has_a_slice() -> None:
    assert get_args(Party) == PARTIES


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "under 2 s"),
        (1.999, "under 2 s"),
        (2.0, "2 to 4.5 s"),
        (4.5, "from 4.5 s"),
        (99, "from 4.5 s"),
    ],
)
def test_an_edge_opens_the_bin_above(value: float, expected: str) -> None:
    assert binned(value, (2.0, 4.5), "s") == expected


def test_voices() -> None:
    names = [voice_slice(hertz) for hertz in (None, 80.0, 164.9, 165.0, 300.0)]
    assert names == ["voice unknown", "low voice", "low voice", "high voice", "high voice"]


@pytest.mark.parametrize(("hertz", "voice"), [(120, "low voice"), (210, "high voice")])
def test_a_clip(hertz: float, voice: str) -> None:
    draw = np.random.default_rng(1)
    at = np.arange(4 * RATE) / RATE
    wave = np.sum([np.sin(2 * np.pi * hertz * k * at) / k for k in range(1, 9)], axis=0)
    wave *= 0.1 / np.sqrt(np.mean(wave**2))
    noisy = (wave + 0.01 * draw.standard_normal(len(at))).astype(np.float32)
    # 20 dB, less than that by nothing but chance: held against a little more noise.
    assert slices_of("Client", "I take 50 mg, um, at night", noisy, 1.2e-4, "en") == {
        "speaker": "client",
        "duration": "2 to 5 s",
        "snr": "10 to 20 dB",
        "rate": "under 2 words/s",
        "voice": voice,
    }


def recording(snr_db: float) -> np.ndarray:
    """A buzz of 120 Hz for 3 s between pauses of 3 s, in noise."""
    at = np.arange(3 * SECONDS * RATE) / RATE
    wave = np.sum([np.sin(2 * np.pi * 120 * k * at) / k for k in range(1, 9)], axis=0)
    wave *= 0.1 / np.sqrt(np.mean(wave**2)) * ((at >= SECONDS) & (at < 2 * SECONDS))
    noise = np.random.default_rng(1).standard_normal(len(at))
    found: np.ndarray = (wave + 0.1 * 10 ** (-snr_db / 20) * noise).astype(np.float32)
    return found


def clip_of(samples: np.ndarray, name: str, text: str) -> Clip:
    flac = io.BytesIO()
    cut = samples[SECONDS * RATE : 2 * SECONDS * RATE]
    soundfile.write(flac, cut, RATE, format="FLAC", subtype="PCM_16")
    return Clip(f"{name}-0000", name, SECONDS, SECONDS, text, [1], 0, flac.getvalue())


def test_a_clips_slices_follow_from_its_recording(tmp_path: Path) -> None:
    clips, segments, audio = [], [], {}
    for name, snr, speaker in (("a", 5.0, "Therapist"), ("b", 25.0, "Anna Example")):
        samples = audio[name] = recording(snr)
        clips.append(clip_of(samples, name, "one two three four five six seven"))
        ends = (SECONDS, 2.0 * SECONDS)
        segments.append(Segment(f"{name}-0000", name, *ends, *ends, clips[-1].text, speaker))
    # As recorded, which is quieter than the clips.
    save_recordings(
        tmp_path / "whole", segments, lambda name: to_pcm(np.float32(1 / 8) * audio[name])
    )
    save_split(tmp_path / "side", clips)
    rows = label_clips(
        tmp_path / "side", tmp_path / "whole", lambda name: to_pcm(audio[name]), "en"
    )
    assert {row.pop("id"): row for row in rows} == {
        f"{name}-0000": {
            "speaker": speaker,
            "duration": "2 to 5 s",
            "snr": snr,
            "rate": "2 to 3 words/s",
            "voice": "low voice",
        }
        for name, speaker, snr in (
            ("a", "therapist", "under 10 dB"), ("b", "speaker unknown", "20 to 30 dB"),
        )
    }  # fmt: skip
