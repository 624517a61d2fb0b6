"""One recording into segments of speech with their words: a unit of work by itself."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from stages.common.audio.decode import decode
from stages.common.audio.samples import SAMPLE_RATE, Samples, write_flac
from stages.common.audio.voice_activity import SpeechInterval, is_silent, speech_intervals
from stages.common.core import manifest
from stages.common.core.params import Segment as Settings
from stages.common.core.reasons import RecordingRejected
from stages.common.transcripts.cue import Cue, Transcript
from stages.common.transcripts.marks import UNKNOWN
from stages.common.transcripts.read import read_transcripts
from stages.common.transcripts.speakers import common_speaker
from stages.segment.alignment.align import align
from stages.segment.alignment.cached_aligner import CachedAligner
from stages.segment.cutting import Cut, Piece, cut
from stages.segment.sessions import Source


@dataclass(frozen=True)
class Lost:
    """Words that are in no segment. Where the reason is `not_found`, start = end: where they would
    stand."""

    start: float
    end: float
    text: str
    speaker: str
    score: float | None
    confidence: float | None
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What became of one recording."""

    id: str
    recording: manifest.Recording | None = None
    """None if it was dropped."""
    segments: list[manifest.Segment] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    """All that speaks against it; the first counts in the metrics."""
    lost: list[Lost] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)
    """Marks in the transcript by kind, see stages/common/transcripts/marks.py."""

    @property
    def dropped_cues(self) -> Counter[str]:
        return Counter(lost.reason for lost in self.lost)


def segment_recording(
    source: Source, folder: Path, ear: CachedAligner, settings: Settings
) -> Outcome:
    """Decode, find the speech and cut one recording; nothing else is read or written but `ear`'s.

    Args:
        source: the recording, its transcript and its ids.
        folder: a manifest's folder, in which the recording is written as audio/<id>.flac.
        ear: for transcripts without times.
    """
    faults: list[str] = []
    samples: Samples | None = None
    transcript: Transcript | None = None
    notices: list[str] = []
    speech: list[SpeechInterval] = []
    try:
        decoded = decode(source.audio)
        samples, notices = decoded.samples, decoded.notices
        speech = speech_intervals(samples, settings.vad_threshold)
        if is_silent(samples, speech):
            faults.append("audio_silent")
    except RecordingRejected as drop:
        faults.append(drop.reason)
    try:
        transcript = read_transcripts(source.transcripts)
        notices = [*notices, *transcript.notices]
    except RecordingRejected as drop:
        faults.append(drop.reason)
    if faults or samples is None or transcript is None:
        return Outcome(source.id, dropped=faults, notices=notices)

    # Whole milliseconds, rounded down: no segment ends after the last sample.
    seconds = len(samples) * 1000 // SAMPLE_RATE / 1000
    try:
        done = _cut(source.id, transcript, samples, speech, seconds, ear, settings)
    except RecordingRejected as drop:
        return Outcome(source.id, dropped=[drop.reason], notices=notices)
    if done.reordered:
        notices = [*notices, "cues_reordered"]
    rejected = sorted(done.rejected, key=lambda pair: (*_finite(pair[0]), pair[1]))
    outcome = Outcome(
        source.id,
        lost=[
            Lost(
                *_finite(cue),
                cue.text,
                cue.speaker,
                _rounded_share(cue.score),
                _rounded_share(cue.confidence),
                reason,
            )
            for cue, reason in rejected
        ],
        notices=notices,
        marks=dict(transcript.marks),
    )
    if not done.pieces:
        return replace(outcome, dropped=["no_segments"])
    write_flac(manifest.audio_path(folder, source.id), samples)
    recording = manifest.Recording(source.id, source.group, seconds, _rounded(speech, seconds))
    return replace(outcome, recording=recording, segments=_segments(source.id, done.pieces))


def _cut(
    name: str,
    transcript: Transcript,
    samples: Samples,
    speech: Sequence[SpeechInterval],
    seconds: float,
    ear: CachedAligner,
    settings: Settings,
) -> Cut:
    """What to cut out. Raises: RecordingRejected."""
    if transcript.timed:
        return cut(transcript.cues, seconds, settings)
    if seconds <= settings.max_seconds:  # a clip is what its text says, from end to end
        text = " ".join(cue.text for cue in transcript.cues)
        speaker = common_speaker(cue.speaker for cue in transcript.cues)
        cue = Cue(0.0, seconds, text, speaker)
        if UNKNOWN in text:
            return Cut([], [(cue, "cue_redacted")])
        said = _rounded([(speech[0][0], speech[-1][1])], seconds)[0] if speech else [0.0, seconds]
        return Cut([Piece(0.0, seconds, replace(cue, start=said[0], end=said[1]))])
    placed = align(ear.hear(name, samples), transcript.cues, settings)
    return cut(placed.cues, seconds, settings, placed.not_found)


def _finite(cue: Cue) -> SpeechInterval:
    """The cue's times, 0 where they are unreadable: JSON has no NaN."""
    return (
        cue.start if math.isfinite(cue.start) else 0.0,
        cue.end if math.isfinite(cue.end) else 0.0,
    )


def _segments(recording: str, pieces: Sequence[Piece]) -> list[manifest.Segment]:
    return [
        manifest.Segment(
            id=f"{recording}-{number:04d}",
            recording=recording,
            start=piece.start,
            end=piece.end,
            speech_start=piece.cue.start,
            speech_end=piece.cue.end,
            text=piece.cue.text,
            speaker=piece.cue.speaker,
            score=_rounded_share(piece.cue.score),
            confidence=_rounded_share(piece.cue.confidence),
        )
        for number, piece in enumerate(pieces)
    ]


def _rounded_share(share: float | None) -> float | None:
    return None if share is None else round(share, 3)


def _rounded(speech: Iterable[SpeechInterval], seconds: float) -> list[list[float]]:
    return [[round(start, 3), min(round(end, 3), seconds)] for start, end in speech]
