"""Cut a team's recordings into segments of speech with their words. Run by `dvc repro`.

    python -m stages.segment

Reads the folder `data.sessions` (see stages/segment/session_files.py). Writes `data/segments`
(16 kHz mono FLAC per recording, the manifest of stages/common/core/manifest.py, `lost.jsonl` with
all text that is in no segment, and `recordings_metrics.jsonl` with the quality of each recording)
and `metrics/segment.json`. Recordings, transcripts and cues that cannot be used are counted by
reason and do not stop the stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from stages.common.core import manifest, rejections
from stages.common.core.errors import UserError
from stages.common.core.files import new_folder, write_rows
from stages.common.core.ids import read_key
from stages.common.core.interval_text import interval_text
from stages.common.core.metrics import write_metrics
from stages.common.core.params import Params, load_params
from stages.common.core.run_stage import run_stage
from stages.common.transcripts.read import SUFFIXES
from stages.segment.metrics import recordings_metrics, segment_metrics
from stages.segment.recording import Outcome
from stages.segment.sessions import Sessions, Source, read_sessions
from stages.segment.tasks import segment_recordings

OUT = Path("data/segments")
SPLITS = 3
"""Training, validation and test; `build_dataset` gives each client to one of them."""


def main() -> None:
    params = load_params()
    key = read_key(Path(params.data.key))
    with new_folder(OUT) as folder:
        sessions, outcomes = _segment(folder, params, key)
        metrics = segment_metrics(sessions, outcomes)
        problems = problem_lines(sessions, outcomes)
        for line in problems:
            print(line)
        write_metrics("segment", metrics)
        if not metrics["kept"]:
            counts = metrics["dropped_recordings"]
            listed = ", ".join(f"{reason} {number}" for reason, number in counts.items())
            raise UserError(f"none of {metrics['recordings']} recording(s) can be used: {listed}")
        manifest.write_manifest(
            folder,
            [outcome.recording for outcome in outcomes if outcome.recording],
            [segment for outcome in outcomes for segment in outcome.segments],
        )
        write_rows(
            folder / "lost.jsonl",
            (
                {"recording": outcome.id} | asdict(cue) | {"reason": reason}
                for outcome in outcomes
                for cue, reason in outcome.lost
            ),
        )
        write_rows(folder / manifest.RECORDINGS_METRICS, recordings_metrics(outcomes))
    print(
        f"kept {metrics['kept']} of {metrics['recordings']} recording(s): "
        f"{metrics['segments']} segments, {metrics['segment_seconds'] / 60:.1f} minutes"
    )
    if line := error_rate_line(metrics):
        print(line)
    minutes = metrics["untranscribed_speech_seconds"] / 60
    if minutes >= 0.1:
        print(f"{minutes:.1f} minutes of speech are in no segment")
    if problems:
        print("the file behind an id: attune lookup <id>")


def _segment(folder: Path, params: Params, key: bytes) -> tuple[Sessions, list[Outcome]]:
    source = Path(params.data.sessions).absolute()
    sessions = read_sessions(source, key)
    if line := too_few_clients(sessions.sources):  # before the hours that the recordings take
        print(line, flush=True)
    (folder / "audio").mkdir()
    return sessions, segment_recordings(sessions.sources, folder, params)


def too_few_clients(sources: Sequence[Source]) -> str:
    """Why `build_dataset` cannot fill its splits, if so."""
    clients = {source.group for source in sources if source.use == "all"}
    if not clients and sources:
        return (
            "every recording has the use train in sessions.csv: `build_dataset` will fail, since "
            "validation and test are empty"
        )
    train_only = any(source.use == "train" for source in sources)
    splits = "validation and test" if train_only else "three splits"
    if len(clients) >= SPLITS - train_only:
        return ""
    return (
        f"{len(clients)} client(s), but {splits}: `build_dataset` will fail; add recordings of "
        "other clients"
    )


def error_rate_line(metrics: Mapping[str, Any]) -> str:
    """The estimate of the transcripts' error rate as a sentence; empty if nothing was checked."""
    rate, *limits = (metrics[f"transcript_error_rate{limit}"] for limit in ("", "_low", "_high"))
    if rate is None:
        return ""
    advice = ""
    if rate > rejections.MOST_ERRORS:
        advice = (
            "; models learn such errors: first correct the recordings with the highest "
            "error rate, which `attune quality` lists"
        )
    return (
        f"transcripts: about {rate:.1%} of the words are wrong or missing (95 % interval: "
        f"{interval_text(*limits)}), estimated on "
        f"{metrics['transcript_words_compared']:,} words that the aligner is nearly certain of"
        f"{advice}"
    )


def problem_lines(sessions: Sessions, outcomes: Iterable[Outcome]) -> list[str]:
    """One line per problem that the user may want to fix, by id, never with a name or text."""
    remarks = [*sessions.rejected, *sessions.unused, *sessions.notices]
    cue_lines: list[str] = []
    for outcome in outcomes:
        remarks += [(outcome.id, reason) for reason in (*outcome.rejections, *outcome.notices)]
        cue_lines += rejections.cue_lines(outcome.id, outcome.rejected_cues)
        cue_lines += [f"{outcome.id}: {detail}" for detail in outcome.details]
    lines = sorted([*rejections.recording_lines(remarks), *cue_lines])
    if sessions.ignored_files:
        lines.append(f"{sessions.ignored_files} file(s) or folder(s) ignored: not audio, nor a "
                     f"transcript as {', '.join(SUFFIXES)}")  # fmt: skip
    if not sessions.has_clients:
        lines.append("no sessions.csv: each recording counts as a client of its own in the split")
    return lines


if __name__ == "__main__":
    run_stage("segment", main)
