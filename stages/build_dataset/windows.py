"""Training windows of up to 30 s: segments of one recording, one after the other.

Whisper's encoder always computes 30 s, so a window of five segments costs as much as one segment by
itself. Windows with the previous text as a prompt, and windows that end within a segment, are part
of Whisper's own training: Radford et al. 2022, section 2.3.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import soundfile

from stages.common.audio.samples import SAMPLE_RATE, Pcm16
from stages.common.core.manifest import Segment
from stages.common.dataset.features import MAX_SAMPLES
from stages.common.dataset.labels import Labeller, Span
from stages.common.dataset.split_storage import Clip

LONGEST_PAUSE = 1.0
"""Seconds. A pause of up to this length between two segments stays; a longer gap is cut out."""
LOOK_AHEAD = 12
"""Segments that may be skipped in search of one that still fits. With segments of 5 s, windows of
30 s are filled to 26.2 s with 0, to 28.8 s with 12, and no further with 24."""
MIN_TRUNCATED_SPEECH = 1.0
"""Minimum seconds of a truncated segment's speech in a window."""


@dataclass(frozen=True)
class Part:
    """A segment that stays."""

    segment: Segment
    number: int
    """Its place among all segments of the recording; dropped ones count, and so does speech without
    a text between two."""
    tokens: int
    """Number of tokens of its text, see `Labeller.count`."""

    @property
    def labels(self) -> int:
        """Number of labels that it adds to a window: its tokens and two timestamps."""
        return self.tokens + 2


@dataclass(frozen=True)
class Kind:
    """The kind of window that begins with a given segment."""

    most: int | None = None
    """Most segments that it may hold; None: as many as fit."""
    timed: bool = False
    """Its labels have timestamp tokens."""
    partial: bool = False
    """It may end within the next segment."""
    prompted: bool = False
    """The previous text is its prompt."""


@dataclass(frozen=True)
class Window:
    segments: list[Segment]
    pieces: list[tuple[float, float]]
    """(start, end) of the parts of the recording that it joins, in seconds."""
    spans: list[Span]
    """Each segment's text with the times of its speech, in seconds from the window's start."""
    cut_off: float | None = None
    """Start of the speech that the window's end cuts off, in seconds from the window's start."""
    timed: bool = False
    previous: Sequence[str] = ()
    """The texts before it in the recording, as far back as a prompt may reach."""

    @property
    def recording(self) -> str:
        return self.segments[0].recording

    @property
    def seconds(self) -> float:
        return sum(end - start for start, end in self.pieces)


def _follows(last: Part, part: Part) -> bool:
    """Whether `part` directly follows `last`, after a short pause."""
    gap = part.segment.start - last.segment.end
    return part.number == last.number + 1 and gap <= LONGEST_PAUSE


class _Filling:
    """A window while it is filled with segments of one recording, in order.

    A short pause between two adjacent segments stays. A longer gap, or one with dropped segments or
    other speech without a text, is cut out.
    """

    def __init__(self, first: Part, seconds: float, room: int) -> None:
        self.parts: list[Part] = []
        self._pieces: list[tuple[float, float]] = []
        self._spans: list[Span] = []
        self._cut_off: float | None = None
        self._max_seconds, self._room = seconds, room
        self._seconds, self._labels = first.segment.seconds, first.labels
        self._seconds_before = 0.0  # of the pieces before the last
        self._add(first, follows=False)

    def take(self, part: Part) -> bool:
        """Add `part` if it fits."""
        follows, end = _follows(self.parts[-1], part), self._pieces[-1][1]
        added = max(0.0, part.segment.end - end) if follows else part.segment.seconds
        if self._seconds + added > self._max_seconds or self._labels + part.labels > self._room:
            return False
        self._seconds += added
        self._labels += part.labels
        self._add(part, follows)
        return True

    def _add(self, part: Part, follows: bool) -> None:
        segment = part.segment
        start, end = self._pieces[-1] if self._pieces else (0.0, 0.0)
        if follows:
            self._pieces[-1] = start, max(end, segment.end)
        else:
            self._seconds_before += end - start
            self._pieces.append((segment.start, segment.end))
        shift = self._seconds_before - self._pieces[-1][0]
        # The padding around the speech is in the audio, but outside its timestamps.
        times = segment.speech_start + shift, segment.speech_end + shift
        self._spans.append((*times, segment.text))
        self.parts.append(part)

    def end_within(self, part: Part) -> bool:
        """Extend the window to its limit if that lies within the speech of `part`."""
        if not _follows(self.parts[-1], part) or self._labels + 1 > self._room:
            return False
        (start, end), segment = self._pieces[-1], part.segment
        cut = end + self._max_seconds - self._seconds  # in the recording
        if not segment.speech_start + MIN_TRUNCATED_SPEECH <= cut < segment.speech_end:
            return False
        seconds = sum(b - a for a, b in self._pieces)
        self._cut_off = seconds + segment.speech_start - end
        self._pieces[-1] = start, end + self._max_seconds - seconds
        return True

    def window(self, timed: bool, previous: Sequence[str]) -> Window:
        segments = [part.segment for part in self.parts]
        return Window(segments, self._pieces, self._spans, self._cut_off, timed, previous)


def join(
    parts: Sequence[Part],
    seconds: float,
    labeller: Labeller,
    kind_of: Callable[[Segment], Kind],
) -> Iterator[Window]:
    """Windows of up to `seconds` and of no more labels than the decoder takes.

    Each begins with the first remaining segment and takes all later ones that still fit, past up to
    `LOOK_AHEAD` that do not; these remain for the next windows. A partial window ends within the
    first segment that directly follows it and does not fit.

    Args:
        parts: of one recording, in order; each goes into one window as a whole.
        kind_of: the kind of window that begins with the given segment.
    """
    waiting = deque(enumerate(parts))
    while waiting:
        at, first = waiting.popleft()
        kind = kind_of(first.segment)
        most = kind.most or len(parts)
        filling = _Filling(first, seconds, labeller.room)
        skipped: list[tuple[int, Part]] = []
        while waiting and len(filling.parts) < most and len(skipped) < LOOK_AHEAD:
            following = waiting.popleft()
            if not filling.take(following[1]):
                skipped.append(following)
                if kind.partial and filling.end_within(following[1]):
                    break
        waiting.extendleft(reversed(skipped))
        previous = _previous(parts, at, labeller.longest_prompt) if kind.prompted else ()
        yield filling.window(kind.timed, previous)


def _previous(parts: Sequence[Part], at: int, tokens: int) -> list[str]:
    """The texts before `parts[at]`, the last ones that together have at least `tokens`."""
    texts: list[str] = []
    while at > 0 and tokens > 0:
        at -= 1
        tokens -= parts[at].tokens
        texts.append(parts[at].segment.text)
    return texts[::-1]


def make_clip(window: Window, labeller: Labeller, samples: Pcm16) -> Clip:
    """The window's audio and labels. samples: the whole recording, int16 at 16 kHz, shape (n,)."""
    labels = labeller(window.spans, window.timed, window.cut_off)
    prompt = labeller.previous(window.previous, len(labels))
    return clip_of(
        window.segments[0].id,
        window.recording,
        window.segments[0].start,
        cut_out(samples, window.pieces),
        " ".join(segment.text for segment in window.segments),
        [*prompt, *labels],
        len(prompt),
        " ".join(segment.written for segment in window.segments).strip(),
    )


def cut_out(samples: Pcm16, pieces: Sequence[tuple[float, float]]) -> Pcm16:
    """The parts of a recording from start to end, in seconds, one after the other."""
    parts = [
        samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)] for start, end in pieces
    ]
    # Times are rounded to milliseconds, so that a window of 30 s may be 1 ms too long.
    return np.concatenate(parts)[:MAX_SAMPLES]


def clip_of(
    name: str,
    recording: str,
    start: float,
    audio: Pcm16,
    text: str,
    labels: list[int],
    prompt: int = 0,
    written: str = "",
) -> Clip:
    flac = io.BytesIO()
    soundfile.write(flac, audio, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
    seconds = len(audio) / SAMPLE_RATE
    return Clip(name, recording, start, seconds, text, labels, prompt, flac.getvalue(), written)
