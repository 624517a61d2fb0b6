"""Cut a team's recordings into segments of speech with their words. Run by `dvc repro`.

    python -m stages.segment

Reads the folder `data.sessions` (see stages/segment/sessions.py). Writes `data/segments`
(16 kHz mono FLAC a recording, the manifest of stages/common/core/manifest.py, and `lost.jsonl` with all
text that is in no segment) and `metrics/segment.json`. What cannot be used is counted with its
reason; the rest goes on.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from stages.common.audio.voice_activity import total, uncovered
from stages.common.core import manifest, reasons
from stages.common.core.cached_tasks import CachedTask, Work, run_cached_tasks
from stages.common.core.errors import UserError, run_stage
from stages.common.core.files import new_folder, state_folder, write_rows
from stages.common.core.fingerprint import code_digest, digest_of
from stages.common.core.ids import read_key
from stages.common.core.metrics import write_metrics
from stages.common.core.params import Params, Segment, load_params
from stages.common.core.workers import Workers
from stages.segment.alignment.cached_aligner import CachedAligner
from stages.segment.recording import Outcome, segment_recording
from stages.segment.sessions import Sessions, Source, count, read_sessions

OUT = Path("data/segments")
_OUTCOME = TypeAdapter(Outcome)


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
        "marks": dict(sorted(sum((Counter(o.marks) for o in outcomes), Counter()).items())),
        "notices": dict(sorted(notices.items())),
        "by_recording": {outcome.id: _quality(outcome) for outcome in kept},
    }


def _quality(outcome: Outcome) -> dict[str, Any]:
    """The numbers of one recording that was kept."""
    segments, recording = outcome.segments, outcome.recording
    words = sum(len(segment.text.split()) for segment in segments)
    lost = Counter({lost.reason: 0 for lost in outcome.lost})
    for passage in outcome.lost:
        lost[passage.reason] += len(passage.text.split())
    scores = [segment.score for segment in segments if segment.score is not None]
    sure = [segment.confidence for segment in segments if segment.confidence is not None]
    return {
        "seconds": recording.seconds if recording else 0.0,
        "segments": len(segments),
        "segment_seconds": sum(segment.seconds for segment in segments),
        "words": words,
        "lost_words": dict(sorted(lost.items())),
        "score_median": statistics.median(scores) if scores else None,
        "score_lowest": min(scores, default=None),
        "confidence_median": statistics.median(sure) if sure else None,
        "words_a_second": words / sum(s.seconds for s in segments),
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
                     "transcript as .txt, .srt, .vtt, .TextGrid, .json or .csv")  # fmt: skip
    if not sessions.has_clients:
        lines.append("no sessions.csv: each recording counts as a person of its own in the split")
    return lines


def aligner_of(params: Params) -> CachedAligner:
    """The model that places transcripts without times."""
    aligner = Path(params.segment.aligner).absolute()  # workers may stand in another folder
    made_of = [digest_of([aligner]) if aligner.is_dir() else "", code_digest("segment")]
    return CachedAligner(
        aligner,
        params.build_dataset.language,
        params.segment.window_seconds,
        params.segment.vad_threshold,
        state_folder("heard"),
        " ".join(made_of),
    )


def tasks(
    sessions: Sessions, settings: Segment, ear: CachedAligner
) -> list[tuple[CachedTask, Work]]:
    """A unit of work for each recording."""
    facts = settings.model_dump(exclude={"aligner", "backend", "scheduler"})
    return [
        (
            CachedTask(
                source.id,
                [facts, ear.language, ear.made_of, source.group]
                + [role for _, role in source.transcripts],
                (source.audio, *(path for path, _ in source.transcripts)),
            ),
            partial(_work, source, ear, settings),
        )
        for source in sessions.sources
    ]


def _work(source: Source, ear: CachedAligner, settings: Segment, folder: Path) -> dict[str, Any]:
    (folder / "audio").mkdir()
    outcome: dict[str, Any] = _OUTCOME.dump_python(
        segment_recording(source, folder, ear, settings), mode="json"
    )
    return outcome


def _stretches(recording: manifest.Recording) -> list[tuple[float, float]]:
    return [(start, end) for start, end in recording.speech]


def _nothing_kept(metrics: dict[str, Any]) -> UserError:
    counts = metrics["dropped_recordings"]
    listed = ", ".join(f"{reason} {number}" for reason, number in counts.items())
    return UserError(f"none of {metrics['recordings']} recording(s) can be used: {listed}")


def main() -> None:
    params = load_params()
    key = read_key(Path(params.data.key))
    sessions = read_sessions(Path(params.data.sessions).absolute(), key)
    with new_folder(OUT) as folder:
        (folder / "audio").mkdir()
        workers = Workers(params.segment.backend, params.segment.scheduler)
        ear = aligner_of(params)
        rows = run_cached_tasks("segment", tasks(sessions, params.segment, ear), folder, workers)
        ear.delete_all_but(source.id for source in sessions.sources)
        outcomes = [_OUTCOME.validate_python(row) for row in rows]
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
        lost = [{"recording": o.id} | asdict(passage) for o in outcomes for passage in o.lost]
        write_rows(folder / "lost.jsonl", lost)
    print(
        f"kept {metrics['kept']} of {metrics['recordings']} recording(s): "
        f"{metrics['segments']} segments, {metrics['segment_seconds'] / 60:.1f} minutes"
    )
    minutes = metrics["untranscribed_speech_seconds"] / 60
    if minutes >= 0.1:
        print(f"{minutes:.1f} minutes of speech lie outside every segment")
    if lines:
        print("the file behind an id: attune lookup <id>")


if __name__ == "__main__":
    run_stage("segment", main)
