"""Speech for `make bench-train`: 20 minutes in clips of 5 s on average, single and as windows."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from bench.sentences import sentences
from demo.speech import SAMPLE_RATE, Voice, speak
from stages.build_dataset.windows import Kind, Part, join, make_clip
from stages.common.core.manifest import Segment
from stages.common.dataset.labels import load_labeller
from stages.common.dataset.split_storage import save_split

MINUTES = 20
_PAUSE = 0.3
VOICE = Voice("en-us+m3", rate=150)


@dataclass(frozen=True)
class Recording:
    """One recording, int16 at 16 kHz, and its segments."""

    samples: np.ndarray
    segments: list[Segment]

    @property
    def clips(self) -> list[tuple[np.ndarray, str]]:
        """Samples and text of each segment."""
        return [
            (self.samples[round(s.start * SAMPLE_RATE) : round(s.end * SAMPLE_RATE)], s.text)
            for s in self.segments
        ]


@cache
def corpus() -> Recording:
    """Synthesize the corpus; the seed is fixed."""
    generator = random.Random(1)
    lines = iter(sentences(4_000, 1))
    parts: list[np.ndarray] = []
    segments: list[Segment] = []
    start = spoken = 0.0
    while spoken < MINUTES * 60:
        text = " ".join(next(lines) for _ in range(generator.choice((1, 2, 3))))
        samples = (speak(text, VOICE) * 20_000).astype(np.int16)
        seconds = len(samples) / SAMPLE_RATE
        name = f"r-{len(segments):04d}"
        end = start + seconds
        segments.append(Segment(name, "r", start, end, start, end, text, ""))
        parts += [samples, np.zeros(round(_PAUSE * SAMPLE_RATE), np.int16)]
        spoken += seconds
        start = sum(map(len, parts[-2:])) / SAMPLE_RATE + start
    return Recording(np.concatenate(parts), segments)


def save_windows(model: Path, folder: Path, seconds: float) -> None:
    """Save the corpus as a split in windows of up to `seconds`; 0: one segment per window."""
    recording, labeller = corpus(), load_labeller(model, "en")
    parts = [Part(s, number, labeller.count(s.text)) for number, s in enumerate(recording.segments)]
    kind = Kind(timed=True) if seconds else Kind(most=1)
    windows = join(parts, seconds, labeller, lambda _: kind)
    save_split(folder, (make_clip(window, labeller, recording.samples) for window in windows))
