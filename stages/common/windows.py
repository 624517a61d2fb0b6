"""Training windows: neighbouring segments of one recording, laid one after the other.

Whisper's encoder always pays for 30 s, so a window of five segments costs what one costs.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import soundfile

from stages.common.dataset import Clip
from stages.common.features import SAMPLE_RATE
from stages.common.labels import Labeller, Span
from stages.common.manifest import Segment

LONGEST_PAUSE = 1.0
"""Seconds between two segments that stay as they were; what lies in a longer gap is cut out."""


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


def lay_out(segments: list[Segment], order: dict[str, int]) -> Window:
    """Segments of one recording as one window.

    Between two that follow each other closely the pause is kept. Where a segment was dropped
    between them, or the gap is long, there may be speech without its text: that is left out.

    order: numbers all segments, the dropped ones too, as they follow each other.
    """
    pieces: list[tuple[float, float]] = []
    spans: list[Span] = []
    before = 0.0  # seconds of the pieces before the last
    last: Segment | None = None
    for segment in segments:
        if (
            last
            and order[segment.id] == order[last.id] + 1
            and segment.start - last.end <= LONGEST_PAUSE
        ):
            pieces[-1] = (pieces[-1][0], max(pieces[-1][1], segment.end))
        else:
            before += pieces[-1][1] - pieces[-1][0] if pieces else 0.0
            pieces.append((segment.start, segment.end))
        shift = before - pieces[-1][0]
        # The silence around the words is heard too, but is no part of what a time token tells.
        times = segment.speech_start + shift, segment.speech_end + shift
        spans.append((*times, segment.text))
        last = segment
    return Window(segments, pieces, spans)


def join(
    segments: Iterable[Segment],
    order: dict[str, int],
    seconds: float,
    labeller: Labeller,
    most: Callable[[Segment], int],
) -> Iterator[Window]:
    """Fill windows of up to `seconds` and of no more labels than the decoder takes, in order.

    most: how many segments a window may hold that begins with the given one.
    """
    window: Window | None = None
    for segment in segments:
        first = window.segments[0] if window else segment
        room = window and len(window.segments) < most(first)
        if window and room and segment.recording == first.recording:
            longer = lay_out([*window.segments, segment], order)
            fits = longer.seconds <= seconds
            if fits and len(labeller(longer.spans, timed=True)) <= labeller.limit:
                window = longer
                continue
        if window:
            yield window
        window = lay_out([segment], order)
    if window:
        yield window


def make_clip(window: Window, timed: bool, labeller: Labeller, samples: np.ndarray) -> Clip:
    """The window's audio and labels. `samples`: the whole recording, 16 kHz mono, int16."""
    parts = [
        samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
        for start, end in window.pieces
    ]
    cut = np.concatenate(parts)
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
