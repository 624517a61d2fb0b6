"""Segmentation of one recording, independent of all others."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from stages.common.audio.decode import decode
from stages.common.audio.level import measure_level
from stages.common.audio.samples import SAMPLE_RATE, Samples, to_pcm, write_flac
from stages.common.audio.voice_activity import SpeechInterval, is_silent, speech_intervals
from stages.common.core import manifest
from stages.common.core.params import Segment as Settings
from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue, Transcript
from stages.common.transcripts.marks import UNKNOWN
from stages.common.transcripts.read import read_transcripts
from stages.common.transcripts.speakers import common_speaker
from stages.segment.alignment.align import align
from stages.segment.alignment.cached_aligner import CachedAligner
from stages.segment.cutting import PlannedSegment, SegmentPlan, plan_segments
from stages.segment.sessions import Source


@dataclass(frozen=True)
class LostPassage:
    """Text that is in no segment: a row of lost.jsonl."""

    start: float
    """Seconds; start = end, between its neighbours, where the reason is `not_found`."""
    end: float
    text: str
    speaker: str
    score: float | None
    confidence: float | None
    reason: str
    """A key of `rejections.CUE`."""


@dataclass(frozen=True)
class Outcome:
    """The result for one recording."""

    id: str
    recording: manifest.Recording | None = None
    """None if it was rejected."""
    segments: list[manifest.Segment] = field(default_factory=list)
    rejections: list[str] = field(default_factory=list)
    """Keys of `rejections.RECORDING`; the first counts in the metrics."""
    lost: list[LostPassage] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    """Keys of `rejections.NOTICE`."""
    marks: dict[str, int] = field(default_factory=dict)
    """Marks in the transcript by kind, see stages/common/transcripts/marks.py."""

    @property
    def rejected_cues(self) -> Counter[str]:
        """Cues by reason."""
        return Counter(passage.reason for passage in self.lost)


def segment_recording(
    source: Source, folder: Path, aligner: CachedAligner, settings: Settings
) -> Outcome:
    """Decode a recording, find its speech and plan its segments.

    Args:
        source: the recording, its transcript and its ids.
        folder: a manifest's folder; the recording is written to audio/<id>.flac in it.
        aligner: for a transcript without times. Its cache is all else that is read or written.
    """
    rejections: list[str] = []
    notices: list[str] = []
    samples: Samples | None = None
    transcript: Transcript | None = None
    speech: list[SpeechInterval] = []
    try:
        decoded = decode(source.audio)
        samples, notices = decoded.samples, decoded.notices
        speech = speech_intervals(samples, settings.vad_threshold)
        if is_silent(samples, speech):
            rejections.append("audio_silent")
    except RecordingRejected as rejection:
        rejections.append(rejection.reason)
    try:
        transcript = read_transcripts(source.transcripts)
        notices = [*notices, *transcript.notices]
    except RecordingRejected as rejection:
        rejections.append(rejection.reason)
    if rejections or samples is None or transcript is None:
        return Outcome(source.id, rejections=rejections, notices=notices)

    # Whole milliseconds, rounded down: no segment ends after the last sample.
    seconds = len(samples) * 1000 // SAMPLE_RATE / 1000
    try:
        plan = _plan(source.id, transcript, samples, speech, seconds, aligner, settings)
    except RecordingRejected as rejection:
        return Outcome(source.id, rejections=[rejection.reason], notices=notices)
    if plan.reordered:
        notices = [*notices, "cues_reordered"]
    outcome = Outcome(
        source.id,
        lost=_lost_passages(plan.rejected),
        notices=notices,
        marks=dict(transcript.marks),
    )
    if not plan.segments:
        return replace(outcome, rejections=["no_segments"])
    pcm, intervals = to_pcm(samples), _rounded_intervals(speech, seconds)
    write_flac(manifest.audio_path(folder, source.id), pcm)
    level = measure_level(pcm, intervals)
    recording = manifest.Recording(
        source.id, source.group, seconds, intervals, level.speech_rms, level.peak
    )
    segments = _manifest_segments(source.id, plan.segments)
    return replace(outcome, recording=recording, segments=segments)


def _plan(
    recording: str,
    transcript: Transcript,
    samples: Samples,
    speech: Sequence[SpeechInterval],
    seconds: float,
    aligner: CachedAligner,
    settings: Settings,
) -> SegmentPlan:
    """Segments by the transcript's times, as one clip, or by alignment.

    Raises: RecordingRejected(transcript_mismatch).
    """
    if transcript.timed:
        return plan_segments(transcript.cues, seconds, settings)
    if seconds <= settings.max_seconds:
        return _plan_clip(transcript.cues, speech, seconds)
    built = align(aligner.transcribe(recording, samples), transcript.cues, settings)
    return plan_segments(built.cues, seconds, settings, built.unmatched)


def _plan_clip(
    turns: Sequence[Cue], speech: Sequence[SpeechInterval], seconds: float
) -> SegmentPlan:
    """A recording no longer than a segment is one, with all of its transcript."""
    text = " ".join(turn.text for turn in turns)
    cue = Cue(0.0, seconds, text, common_speaker(turn.speaker for turn in turns))
    if UNKNOWN in text:
        return SegmentPlan([], [(cue, "cue_redacted")])
    start, end = 0.0, seconds
    if speech:
        ((start, end),) = _rounded_intervals([(speech[0][0], speech[-1][1])], seconds)
    return SegmentPlan([PlannedSegment(0.0, seconds, replace(cue, start=start, end=end))])


def _lost_passages(rejected: Iterable[tuple[Cue, str]]) -> list[LostPassage]:
    """By time."""
    return [
        LostPassage(
            *_finite_times(cue),
            cue.text,
            cue.speaker,
            _rounded(cue.score),
            _rounded(cue.confidence),
            reason,
        )
        for cue, reason in sorted(rejected, key=lambda pair: (*_finite_times(pair[0]), pair[1]))
    ]


def _finite_times(cue: Cue) -> SpeechInterval:
    """The cue's times, 0 where they are unreadable: JSON has no NaN."""
    return (
        cue.start if math.isfinite(cue.start) else 0.0,
        cue.end if math.isfinite(cue.end) else 0.0,
    )


def _manifest_segments(
    recording: str, segments: Sequence[PlannedSegment]
) -> list[manifest.Segment]:
    return [
        manifest.Segment(
            id=f"{recording}-{number:04d}",
            recording=recording,
            start=segment.start,
            end=segment.end,
            speech_start=segment.cue.start,
            speech_end=segment.cue.end,
            text=segment.cue.text,
            speaker=segment.cue.speaker,
            score=_rounded(segment.cue.score),
            confidence=_rounded(segment.cue.confidence),
        )
        for number, segment in enumerate(segments)
    ]


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)


def _rounded_intervals(speech: Iterable[SpeechInterval], seconds: float) -> list[list[float]]:
    """Whole milliseconds, none past the recording's end."""
    return [[round(start, 3), min(round(end, 3), seconds)] for start, end in speech]
