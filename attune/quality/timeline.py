"""Geometry of a recording's timeline: rows of waveform with a box below for each segment."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from attune.quality.recording_view import RecordingView, TranscriptPart
from stages.common.audio.samples import SAMPLE_RATE, Samples

PEAKS_PER_SECOND = 5
ROW_SECONDS = 120.0
WIDTH, HEIGHT = 1200, 64
"""Size of a row, in SVG units; the page stretches it to its width."""
_WAVEFORM, _LANE = 44, 15
"""Height of the waveform and of the boxes below it."""
_BANDS = (0.3, 0.5, 0.7)
"""Match scores at which a box changes its colour and height."""


@dataclass(frozen=True)
class Box:
    part: TranscriptPart
    css: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Row:
    start: float
    """Seconds from the recording's start."""
    waveform: str
    """An SVG path."""
    boxes: list[Box]


def rows(view: RecordingView) -> Iterator[Row]:
    """The recording in rows of `ROW_SECONDS`, at least one."""
    for number in range(max(1, math.ceil(view.seconds / ROW_SECONDS))):
        start = number * ROW_SECONDS
        end = min(view.seconds, start + ROW_SECONDS)
        first, last = (round(seconds * PEAKS_PER_SECOND) for seconds in (start, end))
        boxes = [
            _box(part, start)
            for part in view.parts
            if part.start < end and max(part.end, part.start + 0.01) > start
        ]
        yield Row(start, _waveform(view.peaks[first:last]), boxes)


def peaks(samples: Samples) -> list[int]:
    """The loudest sample of each fifth of a second, in percent of the recording's loudest.

    samples: 16 kHz mono, shape (samples,).
    """
    size = SAMPLE_RATE // PEAKS_PER_SECOND
    padded = np.pad(np.abs(samples), (0, -len(samples) % size))
    loudest = padded.reshape(-1, size).max(axis=1) if len(padded) else padded
    maximum = max(float(loudest.max(initial=0.0)), 1e-9)
    # The square root keeps a soft voice visible next to a loud one.
    percent: list[int] = np.rint(100 * np.sqrt(loudest / maximum)).astype(int).tolist()
    return percent


def _waveform(loudness: Sequence[int]) -> str:
    """A bar for each peak, centered vertically."""
    step, middle = WIDTH / ROW_SECONDS / PEAKS_PER_SECOND, _WAVEFORM / 2
    return "".join(
        f"M{n * step:.0f} {middle - peak * middle / 100:.0f}h{step * 0.8:.1f}"
        f"v{peak * _WAVEFORM / 100:.0f}h-{step * 0.8:.1f}z"
        for n, peak in enumerate(loudness)
        if peak > 2
    )


def _box(part: TranscriptPart, row_start: float) -> Box:
    scale = WIDTH / ROW_SECONDS
    left = max(0.0, (part.start - row_start) * scale)
    right = min(float(WIDTH), (part.end - row_start) * scale)
    css, height = "timed", float(_LANE)
    if part.reason:
        css = "dropped"
    elif part.score is not None:
        band = sum(part.score >= limit for limit in _BANDS)
        css, height = f"score{band}", _LANE * (0.4 + 0.2 * band)
    return Box(part, css, left, HEIGHT - 1 - height, max(4.0, right - left), height)
