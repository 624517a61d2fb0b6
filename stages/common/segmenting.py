"""One recording into segments of speech with their words: a unit of work by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stages.common import manifest
from stages.common.audio import SAMPLE_RATE, Samples, decode, write_flac
from stages.common.params import Segment as Settings
from stages.common.reasons import Dropped
from stages.common.sessions import Source
from stages.common.speech import is_silent, speech_stretches
from stages.common.transcripts.cue import Cue, Transcript
from stages.common.transcripts.cutting import Cut, cut
from stages.common.transcripts.read import read_transcript


@dataclass(frozen=True)
class Outcome:
    """What became of one recording."""

    id: str
    recording: manifest.Recording | None = None
    """None if it was dropped."""
    segments: list[manifest.Segment] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    """All that speaks against it; the first counts in the metrics."""
    dropped_cues: Counter[str] = field(default_factory=Counter)
    notices: list[str] = field(default_factory=list)


def segment_recording(source: Source, folder: Path, settings: Settings) -> Outcome:
    """Decode, find the speech and cut one recording; nothing else is read or written.

    Args:
        source: the recording, its transcript and its ids.
        folder: a manifest's folder, in which the recording is written as audio/<id>.flac.
    """
    faults: list[str] = []
    samples: Samples | None = None
    transcript: Transcript | None = None
    notices: list[str] = []
    speech: list[tuple[float, float]] = []
    try:
        decoded = decode(source.audio)
        samples, notices = decoded.samples, decoded.notices
        speech = speech_stretches(samples, settings.vad_threshold)
        if is_silent(samples, speech):
            faults.append("audio_silent")
    except Dropped as drop:
        faults.append(drop.reason)
    try:
        transcript = read_transcript(source.transcript)
        notices = [*notices, *transcript.notices]
    except Dropped as drop:
        faults.append(drop.reason)
    if faults or samples is None or transcript is None:
        return Outcome(source.id, dropped=faults, notices=notices)

    # Whole milliseconds, rounded down: no segment ends after the last sample.
    seconds = len(samples) * 1000 // SAMPLE_RATE / 1000
    if transcript.timed:
        done = cut(transcript.cues, seconds, settings)
    elif seconds <= settings.max_seconds:
        done = Cut([Cue(0.0, seconds, transcript.cues[0].text, transcript.cues[0].speaker)])
    else:
        return Outcome(source.id, dropped=["not_yet_alignable"], notices=notices)
    if done.reordered:
        notices = [*notices, "cues_reordered"]
    if not done.cues:
        return Outcome(
            source.id, dropped=["no_segments"], dropped_cues=done.dropped, notices=notices
        )
    write_flac(manifest.audio_path(folder, source.id), samples)
    return Outcome(
        source.id,
        manifest.Recording(source.id, source.group, seconds, _rounded(speech, seconds)),
        _segments(source.id, done.cues),
        dropped_cues=done.dropped,
        notices=notices,
    )


def _segments(recording: str, cues: Sequence[Cue]) -> list[manifest.Segment]:
    return [
        manifest.Segment(
            f"{recording}-{number:04d}", recording, cue.start, cue.end, cue.text, cue.speaker
        )
        for number, cue in enumerate(cues)
    ]


def _rounded(speech: Iterable[tuple[float, float]], seconds: float) -> list[list[float]]:
    return [[round(start, 3), min(round(end, 3), seconds)] for start, end in speech]
