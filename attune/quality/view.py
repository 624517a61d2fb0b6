"""What a page shows of one recording, and its waveform in few numbers."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.audio.voice_activity import SpeechInterval, total, uncovered

PEAKS_A_SECOND = 5
_SUSPICIOUS = 10


@dataclass(frozen=True)
class Passage:
    """A segment, or words that are in none."""

    start: float
    end: float
    text: str
    speaker: str
    score: float | None
    confidence: float | None
    reason: str
    """Why it was lost, a key of `reasons.CUE`; "" for a segment."""

    @property
    def words(self) -> int:
        return len(self.text.split())


@dataclass(frozen=True)
class View:
    recording: str
    seconds: float
    peaks: list[int]
    """0 to 100, `PEAKS_A_SECOND` of them a second."""
    speech: list[SpeechInterval]
    passages: list[Passage]
    """By start."""
    audio: str
    """From the page to the recording."""

    @property
    def kept(self) -> list[Passage]:
        return [passage for passage in self.passages if not passage.reason]

    @property
    def lost(self) -> list[Passage]:
        return [passage for passage in self.passages if passage.reason]

    @property
    def kept_share(self) -> float:
        """Of the transcript's words, those in segments."""
        words = sum(passage.words for passage in self.passages)
        return sum(passage.words for passage in self.kept) / max(1, words)

    @property
    def score_median(self) -> float | None:
        scores = [passage.score for passage in self.kept if passage.score is not None]
        return statistics.median(scores) if scores else None

    @property
    def untexted_seconds(self) -> float:
        return uncovered(self.speech, [(p.start, p.end) for p in self.passages if p.end > p.start])

    @property
    def speech_seconds(self) -> float:
        return total(self.speech)

    def lost_words(self) -> Counter[str]:
        """By reason."""
        found: Counter[str] = Counter()
        for passage in self.lost:
            found[passage.reason] += passage.words
        return found

    def suspicious(self) -> list[Passage]:
        """What to listen to first: the segments that agree least; lost text where there are few."""
        scored = [passage for passage in self.kept if passage.score is not None]
        scored.sort(key=lambda p: (p.score or 0.0, p.start))
        lost = sorted(self.lost, key=lambda p: (-p.words, p.start))
        return (scored + lost)[:_SUSPICIOUS]


def peaks(samples: Samples) -> list[int]:
    """The loudest sample of each fifth of a second, in percent of the recording's loudest.

    samples: 16 kHz mono, shape (samples,).
    """
    size = SAMPLE_RATE // PEAKS_A_SECOND
    padded = np.pad(np.abs(samples), (0, -len(samples) % size))
    loudest = padded.reshape(-1, size).max(axis=1) if len(padded) else padded
    most = max(float(loudest.max(initial=0.0)), 1e-9)
    # The root, so that a soft voice is seen beside a loud one.
    shown: list[int] = np.rint(100 * np.sqrt(loudest / most)).astype(int).tolist()
    return shown


def rows_of(seconds: float, row_seconds: float) -> Sequence[SpeechInterval]:
    """The recording in rows: (start, end) in seconds."""
    count = max(1, int(np.ceil(seconds / row_seconds)))
    return [(n * row_seconds, min(seconds, (n + 1) * row_seconds)) for n in range(count)]
