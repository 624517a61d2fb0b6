"""Training windows without words: pauses of the recordings, and synthetic sound.

Tuned on speech alone, a model unlearns that there may be nothing to write, and hallucinates on
silence. With timestamps such a window is labelled by the time 0.00 alone: there long-form decoding
goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from stages.build_dataset.windows import Window, clip_of, cut_out
from stages.common.audio.background import background
from stages.common.audio.samples import Pcm16, to_pcm
from stages.common.core.ids import hash_to_unit, keyed_hash
from stages.common.core.manifest import Recording, Segment
from stages.common.core.params import BuildDataset
from stages.common.dataset.labels import Labeller
from stages.common.dataset.split_storage import Clip

_OF_PAUSES = 0.5
"""Share of windows made of pauses, where the recording has any."""
_SHORTEST = 2.0
"""Seconds of a window."""
_LONGEST = 30.0
_MARGIN = 0.3
"""Seconds between speech and pause: the detector's borders are not exact."""
_SHORTEST_PAUSE = 1.0

Interval = tuple[float, float]


@dataclass(frozen=True)
class EmptyWindow:
    id: str
    recording: str
    """The recording of its pauses; a synthetic one is only stored with its windows."""
    pieces: list[Interval]
    """(start, end) of the pauses that it joins, in seconds; none in a synthetic one."""
    seconds: float
    timed: bool
    """Its label is a timestamp."""
    seed: int
    """Of the synthetic sound."""


class EmptyWindows:
    """Adds windows without words to those of the training split, as many as the parameters ask
    for."""

    def __init__(self, params: BuildDataset, key: bytes) -> None:
        self._params, self._key = params, key
        self.counts = Counter(pauses=0, synthetic=0)
        """Windows of each kind so far."""

    def added(
        self,
        windows: Iterable[Window],
        segments: Iterable[Segment],
        recordings: Mapping[str, Recording],
    ) -> Iterator[Window | EmptyWindow]:
        """The same windows, and those without words after the others of their recording.

        segments: of the whole manifest, in its order, which that of the windows follows.
        """
        per_window = self._params.empty_windows / (1 - self._params.empty_windows)
        of_recordings = groupby(segments, key=lambda segment: segment.recording)
        due = 0.0
        for name, group in groupby(windows, key=lambda window: window.recording):
            for window in group:
                due += per_window
                yield window
            of_this = next(these for other, these in of_recordings if other == name)
            found = pauses(recordings[name], list(of_this))
            number = 0
            while due >= 1 - 1e-9:
                due -= 1
                yield self._window(name, number, found)
                number += 1

    def _window(self, recording: str, number: int, found: Sequence[Interval]) -> EmptyWindow:
        name = f"{recording}-empty-{number:04d}"

        def draw(kind: str) -> float:
            return hash_to_unit(self._key, f"empty {kind}", name)

        longest = self._params.window_seconds or _LONGEST
        seconds = _SHORTEST + draw("length") * max(0.0, longest - _SHORTEST)
        pieces: list[Interval] = []
        if draw("pause") < _OF_PAUSES:
            first = int(draw("first") * len(found))
            pieces = _joined([*found[first:], *found[:first]], seconds)
        self.counts["pauses" if pieces else "synthetic"] += 1
        seed = int(keyed_hash(self._key, "empty seed", name)[:16], 16)
        timed = draw("timed") < self._params.timestamps
        return EmptyWindow(name, recording, pieces, seconds, timed, seed)


def pauses(recording: Recording, segments: Sequence[Segment]) -> list[Interval]:
    """Intervals of `recording` of at least a second with neither speech, a segment nor a lost cue.

    segments: all of the recording, dropped ones too: a detector misses quiet speech.
    """
    taken = [*recording.speech, *recording.lost, *((s.start, s.end) for s in segments)]
    found, reached = [], 0.0
    for start, end in [*sorted(taken), (recording.seconds, recording.seconds)]:
        # At the ends of the recording nothing is spoken beside the pause.
        begin = reached + _MARGIN if reached else 0.0
        stop = start - _MARGIN if start < recording.seconds else start
        if stop - begin >= _SHORTEST_PAUSE:
            found.append((begin, stop))
        reached = max(reached, end)
    return found


def _joined(found: Sequence[Interval], seconds: float) -> list[Interval]:
    """The first of the pauses, of `seconds` together; none if they are shorter than a window."""
    pieces: list[Interval] = []
    left = seconds
    for start, end in found:
        if left <= 0:
            break
        pieces.append((start, min(end, start + left)))
        left -= end - start
    return pieces if seconds - left >= _SHORTEST else []


def make_empty_clip(window: EmptyWindow, labeller: Labeller, samples: Pcm16) -> Clip:
    """The window's audio and labels. samples: the whole recording, int16 at 16 kHz, shape (n,)."""
    if window.pieces:
        audio, start = cut_out(samples, window.pieces), window.pieces[0][0]
    else:
        audio = to_pcm(background(window.seconds, np.random.default_rng(window.seed)))
        start = 0.0
    labels = labeller([], window.timed, cut_off=0.0 if window.timed else None)
    return clip_of(window.id, window.recording, start, audio, "", labels)
