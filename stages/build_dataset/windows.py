"""Training windows: segments of one recording, laid one after the other.

Whisper's encoder always pays for 30 s, so a window of five segments costs what one costs. Windows
that go on from what was said before, and windows that end within a segment, are what Whisper itself
was trained on: Radford et al. 2022, section 2.3.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import soundfile

from stages.common.audio.samples import SAMPLE_RATE
from stages.common.core.manifest import Segment
from stages.common.dataset.features import FRAMES
from stages.common.dataset.labels import Labeller, Span
from stages.common.dataset.split import Clip

LONGEST_PAUSE = 1.0
"""Seconds between two segments that stay as they were; what lies in a longer gap is cut out."""
LOOK_AHEAD = 12
"""Segments that may be passed over in search of one that still fits. With clips of 5 s, windows of
30 s are filled to 26.2 s without, to 28.8 s with 12, and no further with 24."""
LEAST_PART = 1.0
"""Seconds that are heard, at least, of the words that a window's end cuts off."""
_LONGEST = FRAMES * 160
"""Samples that the encoder hears, 30 s."""


@dataclass(frozen=True)
class Part:
    """A segment that something can be learned from."""

    segment: Segment
    number: int
    """Among all of its recording, the dropped ones too, as they follow each other."""
    words: int
    """Tokens of its text, see `Labeller.count`."""

    @property
    def labels(self) -> int:
        """How many it takes of a window's: its words and two times."""
        return self.words + 2


@dataclass(frozen=True)
class Kind:
    """What a window is to be that begins with a certain segment."""

    most: int | None = None
    """Segments that it may hold; None: as many as fit."""
    timed: bool = False
    """Its labels carry time tokens."""
    partial: bool = False
    """It may end within the next segment."""
    prompted: bool = False
    """It goes on from what was said before."""


@dataclass(frozen=True)
class Window:
    segments: list[Segment]
    pieces: list[tuple[float, float]]
    """Seconds of the recording, (start, end), that stand one after the other in the window."""
    spans: list[Span]
    """Each segment's words with their own times, in seconds from the window's start."""
    first_half: float | None = None
    """Where words begin that the window's end cuts off, in seconds from its start."""
    timed: bool = False
    before: Sequence[str] = ()
    """What was said in the recording before, as far back as a prompt may reach."""

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

    def __init__(self, first: Part, seconds: float, room: int) -> None:
        self.parts = [first]
        self._most, self._room = seconds, room
        self._seconds, self._labels = first.segment.seconds, first.labels
        self._reached = first.segment.end  # where the last piece ends

    def take(self, part: Part) -> bool:
        """Add `part` if it fits."""
        follows, end = _follows(self.parts[-1], part), part.segment.end
        reached = max(self._reached, end) if follows else end
        longer = reached - self._reached if follows else part.segment.seconds
        if self._seconds + longer > self._most or self._labels + part.labels > self._room:
            return False
        self._seconds += longer
        self._labels += part.labels
        self._reached = reached
        self.parts.append(part)
        return True

    def cuts_off(self, part: Part) -> bool:
        """Whether the window, going on to its limit, would end within the words of `part`."""
        if not _follows(self.parts[-1], part) or self._labels + 1 > self._room:
            return False
        left = self._reached + self._most - self._seconds  # where the recording would be cut
        segment = part.segment
        return segment.speech_start + LEAST_PART <= left < segment.speech_end

    def cut_within(self, part: Part) -> Window:
        """The window up to its limit, which lies within `part`."""
        window = lay_out(self.parts)
        start, end = window.pieces[-1]
        begins = window.seconds + part.segment.speech_start - end
        pieces = [*window.pieces[:-1], (start, end + self._most - window.seconds)]
        return replace(window, pieces=pieces, first_half=begins)


def join(
    parts: Sequence[Part],
    seconds: float,
    labeller: Labeller,
    kind_of: Callable[[Segment], Kind],
) -> Iterator[Window]:
    """Windows of up to `seconds`, and of no more labels than the decoder takes.

    Each takes the first segment that is left, and of those that come after it all that still fit,
    past up to `LOOK_AHEAD` that do not: these are left for the next windows. One that may end
    within a segment does so at the first that follows it directly and does not fit.

    Args:
        parts: of one recording, in order; each comes into one window as a whole.
        kind_of: what the window is to be that begins with the given segment.
    """
    waiting = deque(enumerate(parts))
    while waiting:
        at, first = waiting.popleft()
        kind = kind_of(first.segment)
        most = kind.most or len(parts)
        filling = _Filling(first, seconds, labeller.room)
        passed: list[tuple[int, Part]] = []
        window: Window | None = None
        while waiting and len(filling.parts) < most and len(passed) < LOOK_AHEAD:
            following = waiting.popleft()
            if not filling.take(following[1]):
                passed.append(following)
                if kind.partial and filling.cuts_off(following[1]):
                    window = filling.cut_within(following[1])
                    break
        waiting.extendleft(reversed(passed))
        before = _before(parts, at, labeller.longest_prompt) if kind.prompted else ()
        yield replace(window or lay_out(filling.parts), timed=kind.timed, before=before)


def _before(parts: Sequence[Part], at: int, labels: int) -> list[str]:
    """The texts before `parts[at]`, from so far back that they make up `labels`."""
    found: list[str] = []
    while at > 0 and labels > 0:
        at -= 1
        labels -= parts[at].words
        found.append(parts[at].segment.text)
    return found[::-1]


def make_clip(window: Window, labeller: Labeller, samples: np.ndarray) -> Clip:
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
    labels = labeller(window.spans, window.timed, window.first_half)
    prompt = labeller.previous(window.before, len(labels))
    return Clip(
        id=first.id,
        recording=first.recording,
        start=first.start,
        seconds=len(cut) / SAMPLE_RATE,
        text=" ".join(segment.text for segment in window.segments),
        labels=[*prompt, *labels],
        prompt=len(prompt),
        audio=flac.getvalue(),
    )
