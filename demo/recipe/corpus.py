"""The speech the demo's base model learns from: everyday sentences in twenty voices.

Voices here and in `demo/people.py` do not overlap: the demo's sessions are spoken by others.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

import numpy as np
import soxr

from demo.speech import SAMPLE_RATE, Voice, speak

ACCENTS = ("en-us", "en")
VARIANTS = ("m1", "m2", "m4", "m6", "m7", "f1", "f2", "f4", "Gene", "Annie")
Span = tuple[float, float, str]


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
        # A head a little larger or smaller: played back slower or faster, formants move too.
        size = draw.uniform(0.94, 1.06)
        samples = soxr.resample(speak(text, voice), SAMPLE_RATE, SAMPLE_RATE * size)
        samples *= draw.uniform(0.4, 1.0)
        clips.append(Clip((samples.clip(-1, 1) * 32767).astype(np.int16), text))
    return clips


def window(
    clips: list[Clip],
    draw: random.Random,
    seconds: float,
    longest_pause: float,
    cut: bool = False,
) -> tuple[np.ndarray, list[Span], float | None]:
    """Join `clips` with pauses, a reflection off a wall, and a floor of noise.

    cut: whether the window is to end within the last clip, as 30 s of a session do.
    Returns: float32 samples at 16 kHz, at most `seconds` long; (start, end, text) in seconds of
    each clip that fitted; and where the clip begins that was cut.
    """
    parts: list[np.ndarray] = []
    spans: list[Span] = []
    at = 0
    begun: float | None = None
    limit = int(seconds * SAMPLE_RATE)
    for number, clip in enumerate(clips):
        pause = int(draw.uniform(0.05, longest_pause) * SAMPLE_RATE)
        last = number == len(clips) - 1 or at + pause + clip.samples.size > limit
        if spans and cut and last:
            begun = (at + pause) / SAMPLE_RATE
            some = clip.samples[: int(clip.samples.size * draw.uniform(0.2, 0.9))]
            parts += [np.zeros(pause, np.float32), some.astype(np.float32) / 32768.0]
            break
        if spans and at + pause + clip.samples.size > limit:
            break
        parts += [np.zeros(pause, np.float32), clip.samples.astype(np.float32) / 32768.0]
        start = at + pause
        at = start + clip.samples.size
        spans.append((start / SAMPLE_RATE, at / SAMPLE_RATE, clip.text))
    if begun is None:
        parts.append(np.zeros(int(draw.uniform(0.05, longest_pause) * SAMPLE_RATE), np.float32))
    elif begun * SAMPLE_RATE >= limit:
        begun = None
    samples = np.concatenate(parts)[:limit]
    if draw.random() < 0.5:
        delay = int(draw.uniform(0.004, 0.02) * SAMPLE_RATE)
        samples[delay:] += draw.uniform(0.03, 0.15) * samples[:-delay]
    return samples + _noise(samples.size, draw), spans, begun


def _noise(size: int, draw: random.Random) -> np.ndarray:
    """White noise, or noise that falls towards high frequencies as that of rooms does."""
    minute = _minute(falling=draw.random() < 0.5)
    at = draw.randrange(minute.size - size)
    return minute[at : at + size] * np.float32(10 ** draw.uniform(-4.0, -2.3))


@cache
def _minute(falling: bool) -> np.ndarray:
    noise = np.random.default_rng(int(falling)).standard_normal(60 * SAMPLE_RATE)
    if falling:
        slope = 1 + (np.fft.rfftfreq(noise.size, 1 / SAMPLE_RATE) / 400) ** 2
        noise = np.fft.irfft(np.fft.rfft(noise) / np.sqrt(slope), noise.size)
    return np.asarray(noise / noise.std(), np.float32)
