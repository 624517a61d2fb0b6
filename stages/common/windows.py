"""Training windows: segments of one recording, laid one after the other.

Whisper's encoder always pays for 30 s, so a window of five segments costs what one costs.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import soundfile

from stages.common.dataset import Clip
from stages.common.features import FRAMES, SAMPLE_RATE
from stages.common.labels import Labeller, Span
from stages.common.manifest import Segment

LONGEST_PAUSE = 1.0
"""Seconds between two segments that stay as they were; what lies in a longer gap is cut out."""
LOOK_AHEAD = 12
"""Segments that may be passed over in search of one that still fits: docs/results.md."""
_LONGEST = FRAMES * 160
"""Samples that the encoder hears, 30 s."""


@dataclass(frozen=True)
class Part:
    """A segment that something can be learned from."""

    segment: Segment
    number: int
    """Among all of its recording, the dropped ones too, as they follow each other."""
    labels: int
    """How many of a window's it takes, see `Labeller.count`."""


@dataclass(frozen=True)
class Window:
    segments: list[Segment]
    pieces: list[tuple[float, float]]
    """Seconds of the recording, (start, end), that stand one after the other in the window."""
    spans: list[Span]
    """Each segment's words with their own times, in seconds from the window's start."""

    @property
    def seconds(self) -> float:
        return sum(end - start for start, end in self.pieces)


def lay_out(parts: list[Part]) -> Window:
    """Segments of one recording, in order, as one window.

    Between two that follow each other closely the pause is kept. Where other segments lie between
    them, or the gap is long, there may be speech without its text: that is left out.
    """
    pieces: list[tuple[float, float]] = []
    spans: list[Span] = []
    before = 0.0  # seconds of the pieces before the last
    last: Part | None = None
    for part in parts:
        segment = part.segment
        if last and _follows(last, part):
            pieces[-1] = (pieces[-1][0], max(pieces[-1][1], segment.end))
        else:
            before += pieces[-1][1] - pieces[-1][0] if pieces else 0.0
            pieces.append((segment.start, segment.end))
        shift = before - pieces[-1][0]
        # The silence around the words is heard too, but is no part of what a time token tells.
        times = segment.speech_start + shift, segment.speech_end + shift
        spans.append((*times, segment.text))
        last = part
    return Window([part.segment for part in parts], pieces, spans)


def _follows(last: Part, part: Part) -> bool:
    """Whether `part` comes directly after `last`, and soon."""
    gap = part.segment.start - last.segment.end
    return part.number == last.number + 1 and gap <= LONGEST_PAUSE


class _Filling:
    """A window while it is filled: `lay_out` would take the longer the more it holds."""

    def __init__(self, first: Part) -> None:
        self.parts = [first]
        self.seconds = first.segment.seconds
        self.labels = first.labels
        self._reached = first.segment.end
        """Where the last piece ends."""

    def longer_by(self, part: Part) -> float:
        """Seconds that the window would grow by."""
        if _follows(self.parts[-1], part):
            return max(0.0, part.segment.end - self._reached)
        return part.segment.seconds

    def add(self, part: Part) -> None:
        follows = _follows(self.parts[-1], part)
        self.seconds += self.longer_by(part)
        self.labels += part.labels
        self._reached = max(self._reached, part.segment.end) if follows else part.segment.end
        self.parts.append(part)


def join(
    parts: Iterable[Part], seconds: float, room: int, most: Callable[[Segment], int]
) -> Iterator[Window]:
    """Fill windows of up to `seconds` with up to `room` labels.

    Each takes the first segment that is left, and of those that come after it all that still fit,
    past up to `LOOK_AHEAD` that do not: these are left for the next windows.

    Args:
        parts: of one recording, in order; each comes into one window.
        most: how many segments a window may hold that begins with the given one.
    """
    waiting = deque(parts)
    while waiting:
        window = _Filling(waiting.popleft())
        number = most(window.parts[0].segment)
        passed: list[Part] = []
        while waiting and len(window.parts) < number and len(passed) < LOOK_AHEAD:
            part = waiting.popleft()
            fits = window.seconds + window.longer_by(part) <= seconds
            if fits and window.labels + part.labels <= room:
                window.add(part)
            else:
                passed.append(part)
        waiting.extendleft(reversed(passed))
        yield lay_out(window.parts)


def make_clip(window: Window, timed: bool, labeller: Labeller, samples: np.ndarray) -> Clip:
    """The window's audio and labels. `samples`: the whole recording, 16 kHz mono, int16."""
    parts = [
        samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
        for start, end in window.pieces
    ]
    # Times are rounded to milliseconds, so that 30 s may be one too long.
    cut = np.concatenate(parts)[:_LONGEST]
    flac = io.BytesIO()
    soundfile.write(flac, cut, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
    first = window.segments[0]
    return Clip(
        id=first.id,
        recording=first.recording,
        start=first.start,
        seconds=len(cut) / SAMPLE_RATE,
        text=" ".join(segment.text for segment in window.segments),
        labels=labeller(window.spans, timed),
        audio=flac.getvalue(),
    )
