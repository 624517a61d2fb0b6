"""Speech for `make bench-train`: 20 minutes of clips of 5 s in the mean, alone and as windows."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from demo.recipe.sentences import sentences
from demo.speech import SAMPLE_RATE, Voice, speak
from stages.build_dataset.windows import Kind, Part, join, make_clip
from stages.common.core.manifest import Segment
from stages.common.dataset.labels import load_labeller
from stages.common.dataset.split import save_split

MINUTES = 20
_PAUSE = 0.3
VOICE = Voice("en-us+m3", rate=150)


@dataclass(frozen=True)
class OutOfDomainRecording:
    """One recording, int16 at 16 kHz, and its segments."""

    samples: np.ndarray
    segments: list[Segment]

    @property
    def clips(self) -> list[tuple[np.ndarray, str]]:
        """Each segment by itself: samples and text."""
        return [
            (self.samples[round(s.start * SAMPLE_RATE) : round(s.end * SAMPLE_RATE)], s.text)
            for s in self.segments
        ]


@cache
def corpus() -> OutOfDomainRecording:
    """The same on every call: drawn with a fixed seed."""
    draw = random.Random(1)
    lines = iter(sentences(4_000, 1))
    parts: list[np.ndarray] = []
    segments: list[Segment] = []
    at = spoken = 0.0
    while spoken < MINUTES * 60:
        text = " ".join(next(lines) for _ in range(draw.choice((1, 2, 3, 4, 5))))
        said = (speak(text, VOICE) * 20_000).astype(np.int16)
        seconds = len(said) / SAMPLE_RATE
        name = f"r-{len(segments):04d}"
        segments.append(Segment(name, "r", at, at + seconds, at, at + seconds, text, ""))
        parts += [said, np.zeros(round(_PAUSE * SAMPLE_RATE), np.int16)]
        spoken += seconds
        at = sum(map(len, parts[-2:])) / SAMPLE_RATE + at
    return OutOfDomainRecording(np.concatenate(parts), segments)


def save_windows(model: Path, folder: Path, seconds: float) -> None:
    """The corpus as `build_dataset` writes a side; `seconds` = 0 keeps each segment alone."""
    spoken, labeller = corpus(), load_labeller(model, "en")
    parts = [Part(s, number, labeller.count(s.text)) for number, s in enumerate(spoken.segments)]
    kind = Kind(timed=True) if seconds else Kind(most=1)
    windows = join(parts, seconds, labeller, lambda _: kind)
    save_split(folder, (make_clip(window, labeller, spoken.samples) for window in windows))
