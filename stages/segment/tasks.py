"""The stage's cached tasks: one per recording."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from stages.common.core.cache import Work, digest_of
from stages.common.core.cached_tasks import CachedTask, run_cached_tasks
from stages.common.core.files import state_folder
from stages.common.core.params import Params, Segment
from stages.common.core.workers import Workers
from stages.segment.alignment.cached_aligner import CachedAligner
from stages.segment.recording import Outcome, segment_recording
from stages.segment.sessions import Source

_OUTCOME = TypeAdapter(Outcome)


def segment_recordings(sources: list[Source], folder: Path, params: Params) -> list[Outcome]:
    """Segment all recordings, in parallel; those whose input did not change come from the cache.

    folder: a manifest's folder, into which the audio is linked or copied.

    Raises: UserError if the aligner is incomplete, or the workers cannot be reached.
    """
    aligner = _aligner(params)
    tasks: list[tuple[CachedTask, Work]] = [
        (_task(source, aligner, params.segment), partial(_segment, source, aligner, params.segment))
        for source in sources
    ]
    workers = Workers(params.segment.backend, params.segment.scheduler)
    rows = run_cached_tasks("segment", tasks, folder, workers)
    aligner.delete_all_but(source.id for source in sources)
    return [_OUTCOME.validate_python(row) for row in rows]


def _aligner(params: Params) -> CachedAligner:
    model = Path(params.segment.aligner).absolute()
    return CachedAligner(
        model=model,
        model_digest=digest_of([model]) if model.is_dir() else "",
        language=params.build_dataset.language,
        window_seconds=params.segment.window_seconds,
        vad_threshold=params.segment.vad_threshold,
        cache=state_folder("aligner"),
    )


def _task(source: Source, aligner: CachedAligner, settings: Segment) -> CachedTask:
    roles = [role for _, role in source.transcripts]
    return CachedTask(
        name=source.id,
        facts=[
            settings.model_dump(exclude={"aligner", "backend", "scheduler"}),
            aligner.language,
            aligner.model_digest,
            source.group,
            *roles,
        ],
        files=(source.audio, *(path for path, _ in source.transcripts)),
    )


def _segment(
    source: Source, aligner: CachedAligner, settings: Segment, folder: Path
) -> dict[str, Any]:
    (folder / "audio").mkdir()
    outcome = segment_recording(source, folder, aligner, settings)
    row: dict[str, Any] = _OUTCOME.dump_python(outcome, mode="json")
    return row
