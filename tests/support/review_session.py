"""A long drafted recording: noise where its segments are, and some doubtful words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stages.common.audio.samples import SAMPLE_RATE
from stages.common.transcripts.cue import Cue
from tests.support.review import ReviewProject

_TEXT = (
    "it was hard again this week but the walks before breakfast helped a little more than last "
    "month when nothing did and we can look at that together if you like"
)
_SPOKEN = 0.8
"""Share of the time that segments cover."""


def cues_of(minutes: float, segments: int) -> list[Cue]:
    """Nine words a segment, every tenth with the word `maybe`, of two speakers in turn."""
    length, text = minutes * 60 / segments, _TEXT.split()
    cues = []
    for n in range(segments):
        words = [text[(7 * n + at) % len(text)] for at in range(9)]
        if n % 10 == 5:
            words[4] = "maybe"
        start = round(n * length, 3)
        end = round(start + _SPOKEN * length, 3)
        cues.append(Cue(start, end, f"{' '.join(words).capitalize()}.", f"Speaker {1 + n % 2}"))
    return cues


def sound_of(cues: list[Cue], seconds: float) -> npt.NDArray[np.int16]:
    """16 kHz, shape (samples,)."""
    noise = np.random.default_rng(1).integers(-6000, 6000, 10 * SAMPLE_RATE, dtype=np.int16)
    samples = np.zeros(round(seconds * SAMPLE_RATE), np.int16)
    for cue in cues:
        spoken = samples[round(cue.start * SAMPLE_RATE) : round(cue.end * SAMPLE_RATE)]
        spoken[:] = noise[: len(spoken)]
    return samples


def add_session(project: ReviewProject, stem: str, minutes: float, segments: int) -> str:
    """A recording with a draft whose `maybe` is doubtful. Returns: its id."""
    cues = cues_of(minutes, segments)
    project.draft(stem, cues, {"maybe": 0.2})
    return project.audio(stem, sound_of(cues, minutes * 60))
