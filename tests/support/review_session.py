"""A long drafted recording: noise, loud where its segments are, and some doubtful words."""

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


def noise() -> npt.NDArray[np.int16]:
    """Ten seconds of noise, in which any excerpt can be located."""
    return np.random.default_rng(1).integers(-6000, 6000, 10 * SAMPLE_RATE, dtype=np.int16)


def sound_of(cues: list[Cue], seconds: float) -> npt.NDArray[np.int16]:
    """`noise` over and over, loud in the cues and soft between them, shape (samples,)."""
    samples = np.resize(noise(), round(seconds * SAMPLE_RATE))
    reached = 0
    for start, end in [*((cue.start, cue.end) for cue in cues), (seconds, seconds)]:
        samples[reached : round(start * SAMPLE_RATE)] //= 50
        reached = round(end * SAMPLE_RATE)
    return samples


def add_session(project: ReviewProject, stem: str, minutes: float, segments: int) -> str:
    """A recording with a draft whose `maybe` is doubtful. Returns: its id."""
    cues = cues_of(minutes, segments)
    project.draft(stem, cues, {"maybe": 0.2})
    return project.audio(stem, sound_of(cues, minutes * 60))
