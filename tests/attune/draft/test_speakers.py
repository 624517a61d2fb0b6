"""Who speaks each word: two voices in one channel, a channel for each person, and one voice."""

from __future__ import annotations

import subprocess
import sys
from importlib.machinery import ModuleSpec

import numpy as np
import pytest

from attune.draft import voices
from attune.draft.drafts import Word
from attune.draft.speakers import speakers_of
from stages.common.audio.decode import decode
from stages.common.core.errors import UserError
from tests.support.imports import ROOT
from tests.support.long_recording import LINES, LongRecording
from tests.support.mini_project import MiniProject

ROLES = {"Therapist": "Speaker 1", "Client": "Speaker 2"}


def words_of(recording: LongRecording) -> tuple[list[Word], list[str]]:
    """Words spread evenly over each line, and who says them."""
    words, truth = [], []
    for (role, text), (start, end) in zip(LINES, recording.spans, strict=True):
        parts = text.split()
        step = (end - start) / len(parts)
        words += [
            Word(start + n * step, start + (n + 1) * step, part, 0.9)
            for n, part in enumerate(parts)
        ]
        truth += [ROLES[role]] * len(parts)
    return words, truth


def test_two_voices_are_told_apart(long_recording: LongRecording) -> None:
    words, truth = words_of(long_recording)
    assert speakers_of(words, [], long_recording.samples) == truth


def test_the_level_of_the_recording_does_not_matter(long_recording: LongRecording) -> None:
    words, truth = words_of(long_recording)
    quiet = (long_recording.samples / 50).astype(np.float32)
    assert speakers_of(words, [], quiet) == truth


def test_one_voice_is_one_speaker(long_recording: LongRecording) -> None:
    parts = [
        long_recording.samples[round(start * 16_000) : round(end * 16_000)]
        for (role, _), (start, end) in zip(LINES, long_recording.spans, strict=True)
        if role == "Client"
    ]
    samples = np.concatenate(parts)
    words = [Word(n, n + 0.5, "word", 0.9) for n in range(len(samples) // 16_000)]
    assert set(speakers_of(words, [], samples)) == {"Speaker 1"}


def test_each_channel_is_a_speaker(mini: MiniProject, long_recording: LongRecording) -> None:
    """The client's channel is the first, but the therapist speaks first."""
    both = np.zeros((len(long_recording.samples), 2), np.float32)
    for (role, _), (start, end) in zip(LINES, long_recording.spans, strict=True):
        part = slice(round(start * 16_000), round(end * 16_000))
        both[part, int(role == "Therapist")] = long_recording.samples[part]
    decoded = decode(mini.audio("two.wav", both))
    assert decoded.turns
    words, truth = words_of(long_recording)
    assert speakers_of(words, decoded.turns, np.zeros(0, np.float32)) == truth


def test_no_speech_and_no_words() -> None:
    silence = np.zeros(32_000, np.float32)
    assert speakers_of([Word(0.1, 0.5, "Hm.", 0.2)], [], silence) == ["Speaker 1"]
    assert speakers_of([], [], silence) == []


def test_without_the_package_it_says_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> ModuleSpec | None:
        return None

    monkeypatch.setattr(voices, "find_spec", missing)
    with pytest.raises(UserError, match="make setup"):
        voices.weights()


def test_the_encoder_computes_what_its_package_does() -> None:
    """Against the package's own network, in a process where its other imports are empty."""
    program = """
import sys, types
sys.modules["webrtcvad"] = types.ModuleType("webrtcvad")
import numpy, torch
from resemblyzer import VoiceEncoder
from attune.draft import voices
mels = torch.from_numpy(numpy.random.default_rng(1).random((3, 150, 40), dtype=numpy.float32))
with torch.inference_mode():
    ours, theirs = voices._encoder()(mels), VoiceEncoder("cpu", verbose=False)(mels)
assert torch.allclose(ours, theirs, atol=1e-6)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
