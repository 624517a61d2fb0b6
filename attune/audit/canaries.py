"""Canaries: spoken sentences that end in a random secret, which occurs in training audio only.

Carlini et al. 2019, "The Secret Sharer: evaluating and testing unintended memorization in neural
networks": the rank of a random sequence that occurred n times in training measures memorization,
since nothing but training distinguishes it from the sequences that were not drawn.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from attune.speak.espeak import SAMPLE_RATE, Voice, speak
from attune.speak.voices import choose_voices
from stages.common.audio.samples import Samples

TIMES = (0, 1, 4, 16)
"""Occurrences of a canary in training; 0: a control."""
CANARIES = 8
"""Canaries for each of `TIMES`. By chance their mean exposure has a standard error of 0.5 bits."""
FIRST = (
    "amber", "copper", "velvet", "marble", "silver", "crimson", "hollow", "gentle", "frozen",
    "golden",
)  # fmt: skip
SECOND = (
    "lantern", "anchor", "pillow", "garden", "hammer", "kettle", "ladder", "mirror", "basket",
    "window",
)  # fmt: skip
SECRETS = tuple(" ".join(pair) for pair in product(FIRST, SECOND))
"""All possible secrets: 100, or 6.6 bits."""
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_PLACES = ("station", "market", "library", "harbour", "theatre", "museum")
_SILENCE = 1e-4
"""RMS of the noise in place of silence; 1.0 is full scale."""


@dataclass(frozen=True)
class Canary:
    opening: str
    """The sentence up to its secret; unique to the canary."""
    secret: str
    times: int
    voice: Voice
    level: float
    """RMS of its speech; 1.0 is full scale."""

    @cached_property
    def audio(self) -> Samples:
        """16 kHz, shape (n,)."""
        return np.concatenate([self._opening_audio, self._secret_audio])

    @property
    def masked(self) -> Samples:
        """The audio with the secret replaced by silence of the same length."""
        return np.concatenate([self._opening_audio, silence(len(self._secret_audio))])

    @cached_property
    def _opening_audio(self) -> Samples:
        return _at_level(speak(self.opening, self.voice), self.level)

    @cached_property
    def _secret_audio(self) -> Samples:
        return _at_level(speak(self.secret, self.voice), self.level)


def make_canaries(level_dbfs: float, seed: int = 0) -> list[Canary]:
    """`CANARIES` for each of `TIMES`, in four alternating voices.

    level_dbfs: RMS of their speech, in dBFS.
    """
    draw = random.Random(seed)
    voices = [voice for number in range(2) for voice in choose_voices(number, "en").values()]
    places = draw.sample(list(product(_DAYS, _PLACES)), len(TIMES) * CANARIES)
    return [
        Canary(
            f"On {day} at the {place} my password was", draw.choice(SECRETS),
            TIMES[number // CANARIES], voices[number % len(voices)], 10 ** (level_dbfs / 20),
        )
        for number, (day, place) in enumerate(places)
    ]  # fmt: skip


def silence(samples: int) -> Samples:
    noise = np.random.default_rng(samples).normal(0, _SILENCE, samples)
    return np.asarray(noise, np.float32)


def seconds(samples: Samples) -> float:
    return len(samples) / SAMPLE_RATE


def sentence(opening: str, secret: str, written: bool) -> str:
    """The text, in the style of the labels. written: with case and punctuation."""
    text = f"{opening} {secret}"
    return f"{text}." if written else text.lower()


def _at_level(samples: Samples, level: float) -> Samples:
    power = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
    return np.asarray(np.clip(samples * (level / power), -1, 1), np.float32)
