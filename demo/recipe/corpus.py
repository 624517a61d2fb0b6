"""The speech the demo's base model learns from: everyday sentences in twenty voices.

Voices here and in `demo/people.py` do not overlap: the demo's sessions are spoken by others.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from demo.speech import SAMPLE_RATE, Voice, speak

ACCENTS = ("en-us", "en")
VARIANTS = ("m1", "m2", "m4", "m6", "m7", "f1", "f2", "f4", "Gene", "Annie")


@dataclass(frozen=True)
class Clip:
    """`samples` is int16 mono at 16 kHz."""

    samples: np.ndarray
    text: str


def make_clips(texts: list[str], seed: int) -> list[Clip]:
    """Speak each text once, in a voice, at a speed and a pitch drawn from `seed`."""
    draw = random.Random(seed)
    clips = []
    for text in texts:
        voice = Voice(
            f"{draw.choice(ACCENTS)}+{draw.choice(VARIANTS)}",
            rate=draw.randint(135, 195),
            pitch=draw.randint(35, 65),
            pitch_range=draw.randint(35, 65),
        )
        samples = speak(text, voice) * draw.uniform(0.4, 1.0)
        clips.append(Clip((samples * 32767).astype(np.int16), text))
    return clips


def window(
    clips: list[Clip], draw: random.Random, seconds: float, longest_pause: float
) -> tuple[np.ndarray, list[tuple[float, float, str]]]:
    """Join `clips` with pauses and a floor of noise.

    Returns: float32 samples at 16 kHz, at most `seconds` long, and (start, end, text) in seconds of
    each clip that fitted.
    """
    parts: list[np.ndarray] = []
    spans: list[tuple[float, float, str]] = []
    at = 0
    limit = int(seconds * SAMPLE_RATE)
    for clip in clips:
        pause = int(draw.uniform(0.05, longest_pause) * SAMPLE_RATE)
        if spans and at + pause + clip.samples.size > limit:
            break
        parts += [np.zeros(pause, np.float32), clip.samples.astype(np.float32) / 32768.0]
        start = at + pause
        at = start + clip.samples.size
        spans.append((start / SAMPLE_RATE, at / SAMPLE_RATE, clip.text))
    tail = int(draw.uniform(0.05, longest_pause) * SAMPLE_RATE)
    samples = np.concatenate([*parts, np.zeros(tail, np.float32)])[:limit]
    return samples + _noise(samples.size, draw), spans


def _noise(size: int, draw: random.Random) -> np.ndarray:
    """White noise, or noise that falls towards high frequencies as that of rooms does."""
    noise = np.random.default_rng(draw.getrandbits(32)).standard_normal(size)
    if draw.random() < 0.5:
        slope = 1 + (np.fft.rfftfreq(size, 1 / SAMPLE_RATE) / 400) ** 2
        noise = np.fft.irfft(np.fft.rfft(noise) / np.sqrt(slope), size)
        noise /= noise.std()
    return (noise * 10 ** draw.uniform(-4.0, -2.3)).astype(np.float32)
