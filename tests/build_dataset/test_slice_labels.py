"""Which slice a clip belongs to."""

from __future__ import annotations

import numpy as np
import pytest

from stages.build_dataset.slice_labels import slices_of, speaker_slice, voice_slice
from stages.common.dataset.slices import binned

RATE = 16_000


@pytest.mark.parametrize(
    ("speaker", "expected"),
    [
        ("Therapist", "therapist"), ("T", "therapist"), ("DR.", "therapist"),
        ("Counselor", "therapist"), ("Client", "client"), ("pt", "client"), ("", "speaker unknown"),
        ("Speaker", "speaker unknown"), ("Anna Example", "speaker unknown"),
    ],
)  # fmt: skip
def test_roles_and_never_a_name(speaker: str, expected: str) -> None:
    assert speaker_slice(speaker) == expected


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
    assert slices_of("Client", "I take 50 mg, um, at night", noisy, 1.2e-4) == {
        "speaker": "client",
        "duration": "2 to 5 s",
        "snr": "10 to 20 dB",
        "rate": "under 2 words/s",
        "voice": voice,
    }
