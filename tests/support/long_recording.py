"""A recording of 46 seconds in two voices, too long for one segment, with its true times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from attune.speak.espeak import SAMPLE_RATE, Voice, speak

VOICES = {"Therapist": Voice("en-us+m3", 152, 49), "Client": Voice("en+f5", 157, 50)}
LINES = (
    ("Therapist", "Good morning. Please sit down and make yourself at home."),
    ("Client", "Thank you. It was raining all the way from the station."),
    ("Therapist", "How did the first week at the new school go?"),
    ("Client", "The children were kind to me, but I slept badly every night."),
    ("Therapist", "What was on your mind when you lay awake?"),
    ("Client", "Mostly the money. We had to pay the garage for the car again."),
    ("Therapist", "That sounds like a heavy week."),
    ("Client", "My sister came on Saturday and we walked along the river."),
    ("Therapist", "I remember that walking helped you last summer."),
    ("Client", "Yes. After an hour my head was quiet."),
    ("Therapist", "Would you like to plan two walks before we meet again?"),
    ("Client", "On Tuesday I could go after lunch, and on Friday in the evening."),
)


@dataclass(frozen=True)
class LongRecording:
    samples: npt.NDArray[np.float32]
    """16 kHz mono, shape (samples,)."""
    spans: list[tuple[float, float]]
    """(start, end) in seconds of each line."""


def concatenate(lines: list[tuple[str, str]], pause: float = 0.7) -> LongRecording:
    """The lines in turn, with a second of silence before them and faint noise throughout.

    lines: (role, text), each role a key of `VOICES`.
    pause: seconds after each line.
    """
    at, spans, parts = 1.0, [], [np.zeros(SAMPLE_RATE, np.float32)]
    for role, text in lines:
        voice = speak(text, VOICES[role])
        spans.append((at, at + len(voice) / SAMPLE_RATE))
        parts += [voice, np.zeros(round(pause * SAMPLE_RATE), np.float32)]
        at = sum(map(len, parts)) / SAMPLE_RATE
    samples = np.concatenate(parts)
    noise = np.random.default_rng(1).standard_normal(len(samples), np.float32)
    return LongRecording((0.5 * samples + 0.0005 * noise).astype(np.float32), spans)
