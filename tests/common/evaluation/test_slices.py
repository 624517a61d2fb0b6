"""Slices of a small test side: which clips are in them, and what stands in the table."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from stages.common.core.manifest import Segment, audio_path
from stages.common.core.metrics import write_table
from stages.common.dataset.full_recordings import save_recordings
from stages.common.dataset.slices import SLICES
from stages.common.dataset.split import Clip, save_split
from stages.common.evaluation.slices import COLUMNS, slice_rows, slices_by_clip
from stages.common.text.error_counts import ClipErrors

RATE = 16_000
SECONDS = 3


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


def test_what_a_clip_is_in_follows_from_its_recording(tmp_path: Path) -> None:
    clips, segments = [], []
    for name, snr, speaker in (("a", 5.0, "Therapist"), ("b", 25.0, "Anna Example")):
        samples = recording(snr)
        path = audio_path(tmp_path / "source", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, samples, RATE, subtype="PCM_16")
        clips.append(clip_of(samples, name, "one two three four five six seven"))
        ends = (SECONDS, 2.0 * SECONDS)
        segments.append(Segment(f"{name}-0000", name, *ends, *ends, clips[-1].text, speaker))
    save_recordings(tmp_path / "source", tmp_path / "whole", segments)
    save_split(tmp_path / "side", clips)
    assert slices_by_clip(tmp_path / "side", tmp_path / "whole") == {
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


def test_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = [
        ClipErrors("a-0", "a", 10, 1, 1, 0),
        ClipErrors("a-1", "a", 10, 5, 0, 0),
        ClipErrors("b-0", "b", 5, 0, 1, 0),
    ]
    slices = {
        "a-0": {"speaker": "client", "duration": "from 20 s"},
        "a-1": {"speaker": "therapist", "duration": "under 2 s"},
        "b-0": {"speaker": "client", "duration": "2 to 5 s"},
    }
    monkeypatch.chdir(tmp_path)
    write_table("slices", COLUMNS, slice_rows(slices, clips))
    lines = (tmp_path / "metrics" / "slices.csv").read_text().splitlines()
    assert lines[:2] == [
        "kind,slice,clips,words,wer,wer_low,wer_high", "speaker,therapist,1,10,0.5000,,",
    ]  # fmt: skip
    # Two recordings of the same rate: the errors' spread is none.
    assert lines[2] == "speaker,client,2,15,0.2000,0.2000,0.2000"
    assert [line.split(",")[1] for line in lines[3:]] == ["under 2 s", "2 to 5 s", "from 20 s"]


def test_no_name_stands_in_two_kinds() -> None:
    names = [name for kind in SLICES.values() for name in kind]
    assert list(SLICES) == ["speaker", "duration", "snr", "rate", "voice"]
    assert len(set(names)) == len(names)
