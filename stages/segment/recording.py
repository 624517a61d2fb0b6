"""Segmentation of one recording, independent of all others."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from stages.common.audio.decode import decode
from stages.common.audio.level import measure_level
from stages.common.audio.samples import SAMPLE_RATE, Samples, to_pcm, write_flac
from stages.common.audio.voice_activity import is_silent, speech_intervals
from stages.common.core import manifest
from stages.common.core.params import Segment as Settings
from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue, Transcript
from stages.common.transcripts.read import read_transcripts
from stages.segment import limits
from stages.segment.alignment.align import align
from stages.segment.alignment.cached_aligner import CachedAligner
from stages.segment.channel_roles import channel_roles, with_speakers
from stages.segment.checking.checked import CheckedCues
from stages.segment.checking.clips import check_clip, clip_cue
from stages.segment.checking.error_rate import ClearWords, clear_words
from stages.segment.checking.language import check_language
from stages.segment.checking.offsets import TimesRejected, WrongTimes
from stages.segment.checking.timed import check_timed
from stages.segment.cutting import PlannedSegment, plan_clip, plan_segments
from stages.segment.sessions import Source
from stages.segment.untranscribed import after_untranscribed


@dataclass(frozen=True)
class Outcome:
    """The result for one recording."""

    id: str
    recording: manifest.Recording | None = None
    """None if it was rejected."""
    segments: list[manifest.Segment] = field(default_factory=list)
    rejections: list[str] = field(default_factory=list)
    """Keys of `rejections.RECORDING`; the first counts in the metrics."""
    lost: list[tuple[Cue, str]] = field(default_factory=list)
    """Text that is in no segment, by time, with the reason, a key of `rejections.CUE`."""
    notices: list[str] = field(default_factory=list)
    """Keys of `rejections.NOTICE`."""
    details: list[str] = field(default_factory=list)
    """Numbers that explain a rejection or a notice, see `RecordingRejected.detail`."""
    wrong_times: WrongTimes | None = None
    clear: ClearWords = field(default_factory=ClearWords)
    """Counts for the estimate of the transcript's error rate."""
    marks: dict[str, int] = field(default_factory=dict)
    """Marks in the transcript by kind, see stages/common/transcripts/marks.py."""

    @property
    def rejected_cues(self) -> Counter[str]:
        """Cues by reason."""
        return Counter(reason for _, reason in self.lost)


def segment_recording(
    source: Source, folder: Path, aligner: CachedAligner, settings: Settings
) -> Outcome:
    """Decode a recording, find its speech and plan its segments.

    Args:
        source: the recording, its transcript and its ids.
        folder: a manifest's folder; the recording is written to audio/<id>.flac in it.
        aligner: aligns a plain transcript, checks a timed one. Its cache is all else that is
            read or written.
    """
    rejections: list[str] = []
    notices: list[str] = []
    seconds = 0.0
    try:
        limits.allow_decoding(source.audio)
        decoded = decode(source.audio, limits.DecodingProgress())
        notices += decoded.notices
        samples = decoded.samples
        # Whole milliseconds, rounded down: no segment ends after the last sample.
        seconds = len(samples) * 1000 // SAMPLE_RATE / 1000
        limits.allow_detection(seconds)
        speech = speech_intervals(samples, settings.vad_threshold)
        if is_silent(samples, speech):
            rejections.append("audio_silent")
    except RecordingRejected as rejection:
        rejections.append(rejection.reason)
    try:
        limits.allow_reading([path for path, _ in source.transcripts])
        most = limits.max_raw_characters(seconds) if seconds else math.inf
        transcript = read_transcripts(source.transcripts, most)
        notices += transcript.notices
    except RecordingRejected as rejection:
        rejections.append(rejection.reason)
    if rejections:
        return Outcome(source.id, rejections=rejections, notices=notices)

    if sum(len(cue.text) for cue in transcript.cues) > limits.max_characters(seconds):
        return Outcome(source.id, rejections=["transcript_mismatch"], notices=notices)
    intervals = [(round(start, 3), min(round(end, 3), seconds)) for start, end in speech]
    limits.allow_alignment()
    try:
        checked = _checked(source.id, samples, transcript, seconds, aligner, settings)
    except RecordingRejected as rejection:
        return Outcome(
            source.id, rejections=[rejection.reason], notices=notices,
            details=[rejection.detail] if rejection.detail else [],
            wrong_times=rejection.wrong if isinstance(rejection, TimesRejected) else None,
        )  # fmt: skip
    notices += checked.notices
    roles = channel_roles(decoded.turns, checked.cues)
    cues = with_speakers(checked.cues, decoded.turns, roles)
    if _is_clip(transcript, seconds, settings):
        plan = plan_clip(cues[0], intervals, seconds, settings)
    else:
        least = 0.0 if transcript.reviewed else settings.min_score
        plan = plan_segments(
            cues, seconds, settings.model_copy(update={"min_score": least}), checked.unmatched
        )
    if plan.reordered:
        notices.append("cues_reordered")
    lost = [(_storable(cue), reason) for cue, reason in plan.rejected]
    lost.sort(key=lambda pair: (pair[0].start, pair[0].end, pair[1]))
    outcome = Outcome(
        source.id, lost=lost, notices=notices, marks=dict(transcript.marks),
        details=[str(checked.wrong)] if checked.wrong else [], wrong_times=checked.wrong,
        clear=checked.clear,
    )  # fmt: skip
    if not plan.segments:
        return replace(outcome, rejections=["no_segments"])
    pcm = to_pcm(samples)
    write_flac(manifest.audio_path(folder, source.id), pcm)
    rms, peak = measure_level(pcm)
    lost_times = [
        (cue.start, min(cue.end, seconds))
        for cue, _ in plan.rejected
        if 0 <= cue.start <= cue.end and cue.start < seconds
    ]
    recording = manifest.Recording(
        source.id, source.group, seconds, intervals, rms, peak, lost=sorted(lost_times),
        turns=[(start, min(end, seconds), channel) for start, end, channel in decoded.turns],
        roles={str(channel): role for channel, role in roles.items()},
    )  # fmt: skip
    after = after_untranscribed(plan.segments, intervals, lost_times)
    segments = _segments(source.id, plan.segments, after)
    return replace(outcome, recording=recording, segments=segments)


def _checked(
    recording: str,
    samples: Samples,
    transcript: Transcript,
    seconds: float,
    aligner: CachedAligner,
    settings: Settings,
) -> CheckedCues:
    """The transcript's cues with times and scores. Raises: RecordingRejected."""
    if settings.check != "none" and not transcript.reviewed:
        check_language(recording, samples, aligner)
    if transcript.timed:
        return check_timed(recording, samples, transcript, seconds, aligner, settings)
    if _is_clip(transcript, seconds, settings):
        cue = clip_cue(transcript.cues, seconds)
        if settings.check == "none":
            return CheckedCues([cue])
        return check_clip(cue, aligner.transcribe(recording, samples), aligner.language)
    hypotheses = aligner.transcribe(recording, samples)
    built = align(hypotheses, transcript.cues, settings, aligner.language)
    clear = clear_words(built.cues, hypotheses, aligner.language)
    return CheckedCues(built.cues, built.unmatched, clear=clear)


def _is_clip(transcript: Transcript, seconds: float, settings: Settings) -> bool:
    """Whether the recording is no longer than a segment and its transcript has no times."""
    return not transcript.timed and seconds <= settings.max_seconds


def _segments(
    recording: str, planned: Iterable[PlannedSegment], after: Iterable[bool]
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
            after_untranscribed=is_after,
        )
        for number, (segment, is_after) in enumerate(zip(planned, after, strict=True))
    ]


def _storable(cue: Cue) -> Cue:
    """Times are 0 where they are unreadable, as JSON has no NaN."""
    return replace(
        cue,
        start=cue.start if math.isfinite(cue.start) else 0.0,
        end=cue.end if math.isfinite(cue.end) else 0.0,
        score=_rounded(cue.score),
        confidence=_rounded(cue.confidence),
    )


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)
