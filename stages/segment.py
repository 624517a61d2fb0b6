"""Cut a team's recordings into segments of speech with their words. Run by `dvc repro`.

    python -m stages.segment

Reads the folder `data.sessions` (see stages/common/sessions.py). Writes `data/segments`
(16 kHz mono FLAC a recording, and the manifest of stages/common/manifest.py) and
`metrics/segment.json`. What cannot be used is counted with its reason; the rest goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stages.common import manifest, reasons
from stages.common.audio import SAMPLE_RATE, Samples, decode, write_flac
from stages.common.errors import Fault, run_stage
from stages.common.files import new_folder, write_metrics
from stages.common.ids import read_key
from stages.common.params import Segment as Settings
from stages.common.params import load_params
from stages.common.reasons import Dropped
from stages.common.sessions import Sessions, Source, count, read_sessions
from stages.common.speech import is_silent, speech_stretches, total, uncovered
from stages.common.transcripts.cue import Cue, Transcript
from stages.common.transcripts.cutting import Cut, cut
from stages.common.transcripts.read import read_transcript

OUT = Path("data/segments")


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


def metrics_of(sessions: Sessions, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Counts and seconds of the run; `kept` and `dropped_recordings` add up to `recordings`."""
    kept = [outcome for outcome in outcomes if outcome.recording]
    recordings = [outcome.recording for outcome in outcomes if outcome.recording]
    dropped = count(sessions.dropped) + Counter(o.dropped[0] for o in outcomes if o.dropped)
    notices = count(sessions.notices) + Counter(name for o in outcomes for name in o.notices)
    if sessions.ignored_files:
        notices["ignored_files"] = sessions.ignored_files
    return {
        "recordings": sessions.recordings,
        "transcripts": sessions.transcripts,
        "kept": len(kept),
        "seconds": sum(recording.seconds for recording in recordings),
        "speech_seconds": sum(total(_stretches(recording)) for recording in recordings),
        "segments": sum(len(outcome.segments) for outcome in kept),
        "segment_seconds": sum(s.seconds for outcome in kept for s in outcome.segments),
        "untranscribed_speech_seconds": sum(
            uncovered(_stretches(recording), [(s.start, s.end) for s in outcome.segments])
            for recording, outcome in zip(recordings, kept, strict=True)
        ),
        "dropped_recordings": dict(sorted(dropped.items())),
        "dropped_transcripts": dict(sorted(count(sessions.unused).items())),
        "dropped_cues": dict(sorted(sum((o.dropped_cues for o in outcomes), Counter()).items())),
        "notices": dict(sorted(notices.items())),
    }


def problem_lines(sessions: Sessions, outcomes: Iterable[Outcome]) -> list[str]:
    """One line for each thing that a person may want to mend, by id."""
    found = [*sessions.dropped, *sessions.unused, *sessions.notices]
    lines: list[str] = []
    for outcome in outcomes:
        found += [(outcome.id, reason) for reason in (*outcome.dropped, *outcome.notices)]
        lines += reasons.cue_lines(outcome.id, outcome.dropped_cues)
    lines = sorted([*reasons.recording_lines(found), *lines])
    if sessions.ignored_files:
        lines.append(f"{sessions.ignored_files} file(s) or folder(s) ignored: not audio, nor a "
                     "transcript as .txt, .srt, .vtt, .TextGrid or .json")  # fmt: skip
    if not sessions.has_clients:
        lines.append("no sessions.csv: each recording counts as a person of its own in the split")
    return lines


def _segments(recording: str, cues: Sequence[Cue]) -> list[manifest.Segment]:
    return [
        manifest.Segment(
            f"{recording}-{number:04d}", recording, cue.start, cue.end, cue.text, cue.speaker
        )
        for number, cue in enumerate(cues)
    ]


def _rounded(speech: Iterable[tuple[float, float]], seconds: float) -> list[list[float]]:
    return [[round(start, 3), min(round(end, 3), seconds)] for start, end in speech]


def _stretches(recording: manifest.Recording) -> list[tuple[float, float]]:
    return [(start, end) for start, end in recording.speech]


def _nothing_kept(metrics: dict[str, Any]) -> Fault:
    counts = metrics["dropped_recordings"]
    listed = ", ".join(f"{reason} {number}" for reason, number in counts.items())
    return Fault(f"none of {metrics['recordings']} recording(s) can be used: {listed}")


def main() -> None:
    params = load_params()
    key = read_key(Path(params.data.key))
    sessions = read_sessions(Path(params.data.sessions), key)
    with new_folder(OUT) as folder:
        (folder / "audio").mkdir()
        outcomes = [segment_recording(s, folder, params.segment) for s in sessions.sources]
        metrics = metrics_of(sessions, outcomes)
        lines = problem_lines(sessions, outcomes)
        if lines:
            print(*lines, sep="\n")
        write_metrics("segment", metrics)
        if not metrics["kept"]:
            raise _nothing_kept(metrics)
        manifest.write_manifest(
            folder,
            [outcome.recording for outcome in outcomes if outcome.recording],
            [segment for outcome in outcomes for segment in outcome.segments],
        )
    print(
        f"kept {metrics['kept']} of {metrics['recordings']} recording(s): "
        f"{metrics['segments']} segments, {metrics['segment_seconds'] / 60:.1f} minutes"
    )
    minutes = metrics["untranscribed_speech_seconds"] / 60
    if minutes >= 0.1:
        print(f"{minutes:.1f} minutes of speech lie outside every segment")
    if lines:
        print("which file an id stands for: python -m stages.whois <id>")


if __name__ == "__main__":
    run_stage("segment", main)
