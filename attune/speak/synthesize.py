"""Synthesis of a script: audio, and the times of each line."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import soundfile
from scipy.signal import butter, sosfilt

from attune.speak.espeak import SAMPLE_RATE, speak
from attune.speak.pronounce import pronunciation
from attune.speak.room import simulate_room
from attune.speak.scripts import Script
from attune.speak.voices import choose_voices
from stages.common.transcripts.cue import Cue

_HIGH_PASS = butter(2, 40.0, "highpass", fs=SAMPLE_RATE, output="sos")


@dataclass(frozen=True)
class Spoken:
    flac: bytes
    """16 kHz, mono, 16 bit."""
    seconds: float
    cues: list[Cue]
    """The lines with their exact times."""
    silent: int
    """Lines for which eSpeak NG produces no audio; if there are any, the other fields are empty."""


def synthesize(script: Script, language: str) -> Spoken:
    """Speak a script in two voices and a room that depend on its content alone.

    eSpeak NG keeps state between utterances: called once per process, the same script gives the
    same bytes.

    Args: language: Whisper's code, one that eSpeak NG has.
    """
    seed = int(script.digest[:16], 16)
    voices = choose_voices(seed, language)
    draw = np.random.default_rng(seed)
    nearer = str(draw.choice(sorted(voices)))
    utterances = [
        speak(pronunciation(line.text, language), voices[line.role]) for line in script.lines
    ]
    silent = sum(not utterance.size for utterance in utterances)
    if silent:
        return Spoken(b"", 0.0, [], silent)
    samples, spans = simulate_room(utterances, [line.role == nearer for line in script.lines], draw)
    # Some voices have a DC offset, which `segment` would report.
    samples = sosfilt(_HIGH_PASS, samples)
    flac = io.BytesIO()
    soundfile.write(flac, samples, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
    cues = [
        Cue(start, end, line.text, line.role)
        for line, (start, end) in zip(script.lines, spans, strict=True)
    ]
    return Spoken(flac.getvalue(), samples.size / SAMPLE_RATE, cues, 0)
