"""Cut a team's recordings into segments of speech with their words. Run by `dvc repro`.

    python -m stages.segment

Reads the folder `data.sessions` (see stages/segment/session_files.py). Writes `data/segments`
(16 kHz mono FLAC per recording, the manifest of stages/common/core/manifest.py, and `lost.jsonl`
with all text that is in no segment) and `metrics/segment.json`. Recordings, transcripts and cues
that cannot be used are counted by reason and do not stop the stage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from stages.common.core import manifest
from stages.common.core.errors import UserError, run_stage
from stages.common.core.files import new_folder, write_rows
from stages.common.core.ids import read_key
from stages.common.core.metrics import write_metrics
from stages.common.core.params import load_params
from stages.segment.messages import nothing_kept, problem_lines, summary_lines
from stages.segment.metrics import segment_metrics
from stages.segment.recording import Outcome
from stages.segment.sessions import read_sessions
from stages.segment.tasks import segment_recordings

OUT = Path("data/segments")


def main() -> None:
    params = load_params()
    key = read_key(Path(params.data.key))
    sessions = read_sessions(Path(params.data.sessions).absolute(), key)
    with new_folder(OUT) as folder:
        (folder / "audio").mkdir()
        outcomes = segment_recordings(sessions.sources, folder, params)
        metrics = segment_metrics(sessions, outcomes)
        problems = problem_lines(sessions, outcomes)
        for line in problems:
            print(line)
        write_metrics("segment", metrics)
        if not metrics["kept"]:
            raise UserError(nothing_kept(metrics))
        _write_outcomes(folder, outcomes)
    print(*summary_lines(metrics), sep="\n")
    if problems:
        print("the file behind an id: attune lookup <id>")


def _write_outcomes(folder: Path, outcomes: Sequence[Outcome]) -> None:
    manifest.write_manifest(
        folder,
        [outcome.recording for outcome in outcomes if outcome.recording],
        [segment for outcome in outcomes for segment in outcome.segments],
    )
    lost = [{"recording": o.id} | asdict(passage) for o in outcomes for passage in o.lost]
    write_rows(folder / "lost.jsonl", lost)


if __name__ == "__main__":
    run_stage("segment", main)
