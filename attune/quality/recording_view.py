"""The data of a recording's page: segments, dropped text, and their amounts."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from stages.common.audio.voice_activity import SpeechInterval, uncovered_seconds
from stages.common.core.rejections import CUE
from stages.report.environment import clock

_REVIEW_FIRST = 10


@dataclass(frozen=True)
class TranscriptPart:
    """A segment, or transcript text outside all segments."""

    start: float
    """Seconds from the recording's start."""
    end: float
    text: str
    speaker: str
    """Role; "" if unknown."""
    score: float | None
    """Match with the aligner's hypothesis, 0 to 1; None for a timed transcript."""
    confidence: float | None
    """The aligner's confidence in its hypothesis, 0 to 1."""
    reason: str
    """Why the text was dropped, a key of `rejections.CUE`; "" for a segment."""

    @property
    def words(self) -> int:
        return len(self.text.split())

    @property
    def description(self) -> str:
        details = [f"{clock(self.start)} to {clock(self.end)}"]
        if self.speaker:
            details.append(self.speaker)
        if self.score is not None:
            details.append(f"match score {self.score:.2f}")
        if self.confidence is not None:
            details.append(f"aligner confidence {self.confidence:.0%}")
        if self.end > self.start:
            details.append(f"{self.words / (self.end - self.start):.1f} words/s")
        if self.reason:
            details.append(f"dropped ({self.reason.replace('_', ' ')}: {CUE[self.reason]})")
        return ", ".join(details)


@dataclass(frozen=True)
class RecordingView:
    recording: str
    seconds: float
    peaks: list[int]
    """See `timeline.peaks`."""
    speech: list[SpeechInterval]
    parts: list[TranscriptPart]
    """Sorted by start."""
    audio: str
    """Path from the page to the recording."""
    error_rate: float | None = None
    """Estimated share of the transcript's words that are wrong or missing; None if unchecked."""

    @property
    def segments(self) -> list[TranscriptPart]:
        return [part for part in self.parts if not part.reason]

    @property
    def dropped(self) -> list[TranscriptPart]:
        return [part for part in self.parts if part.reason]

    @property
    def kept_share(self) -> float:
        """The share of the transcript's words that are in segments."""
        words = sum(part.words for part in self.parts)
        return sum(part.words for part in self.segments) / max(1, words)

    @property
    def right_share(self) -> float:
        """Of the transcript's words: those in segments, less the estimated errors."""
        return self.kept_share * (1 - max(0.0, self.error_rate or 0.0))

    @property
    def score_median(self) -> float | None:
        scores = [part.score for part in self.segments if part.score is not None]
        return statistics.median(scores) if scores else None

    @property
    def untranscribed_seconds(self) -> float:
        """Seconds of speech outside all transcript text."""
        timed = [(part.start, part.end) for part in self.parts if part.end > part.start]
        return uncovered_seconds(self.speech, timed)

    @property
    def losses(self) -> dict[str, tuple[int, float]]:
        """Dropped words and their seconds, by reason."""
        losses: dict[str, tuple[int, float]] = {}
        for part in sorted(self.dropped, key=lambda part: part.reason):
            words, seconds = losses.get(part.reason, (0, 0.0))
            losses[part.reason] = words + part.words, seconds + part.end - part.start
        return losses

    @property
    def review_first(self) -> list[TranscriptPart]:
        """The segments with the lowest match scores, followed by the longest dropped text."""
        scored = [part for part in self.segments if part.score is not None]
        scored.sort(key=lambda part: (part.score or 0.0, part.start))
        dropped = sorted(self.dropped, key=lambda part: (-part.words, part.start))
        return (scored + dropped)[:_REVIEW_FIRST]
