"""The stage's cached tasks: one per recording."""

from __future__ import annotations

import shutil
import traceback
from dataclasses import replace
from functools import partial
from pathlib import Path

from pydantic import TypeAdapter

from stages.common.core.cache import digest_of
from stages.common.core.cached_tasks import CachedTask, run_cached_tasks
from stages.common.core.files import Row, state_folder
from stages.common.core.params import Params, Segment
from stages.common.core.watchdog import WorkEnded
from stages.segment.alignment.cached_aligner import CachedAligner
from stages.segment.recording import Outcome, segment_recording
from stages.segment.sessions import Source

_CONTENT_FAULTS = (
    ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError,
    ValueError,
)  # fmt: skip
"""What code raises on content that its author did not think of; a full disk is none of these."""
_OUTCOME = TypeAdapter(Outcome)


def segment_recordings(sources: list[Source], folder: Path, params: Params) -> list[Outcome]:
    """Segment all recordings, in parallel; those whose input did not change come from the cache.

    folder: a manifest's folder, into which the audio is linked or copied.

    Raises: UserError if the aligner is incomplete, or the workers cannot be reached.
    """
    settings = params.segment
    model = Path(settings.aligner).absolute()
    aligner = CachedAligner(
        model=model,
        model_digest=digest_of([model]) if model.is_dir() else "",
        language=params.build_dataset.language,
        window_seconds=settings.window_seconds,
        vad_threshold=settings.vad_threshold,
        cache=state_folder("aligner"),
    )
    tasks = [_task(source, aligner, settings) for source in sources]
    rows = run_cached_tasks("segment", tasks, folder, settings.backend, settings.scheduler)
    aligner.delete_all_but(source.id for source in sources)
    outcomes = [_OUTCOME.validate_python(row) for row in rows]
    return [
        _with_origin(outcome, source) for outcome, source in zip(outcomes, sources, strict=True)
    ]


def _task(source: Source, aligner: CachedAligner, settings: Segment) -> CachedTask:
    return CachedTask(
        name=source.id,
        facts=[
            settings.model_dump(exclude={"aligner", "backend", "scheduler"}),
            aligner.language,
            aligner.model_digest,
            source.group,
            *(role for _, role in source.transcripts),
        ],
        files=(source.audio, *(path for path, _ in source.transcripts)),
        work=partial(segment_into, source, aligner, settings),
        ended=partial(_rejected, source.id),
    )


def place_of(error: BaseException) -> str:
    """The kind of an exception and the last line of this program that it passed: no text of a
    file, which an exception's message may hold."""
    place = "in a library"
    for frame in traceback.extract_tb(error.__traceback__):
        if "stages" in (parts := Path(frame.filename).parts):
            place = f"at {'/'.join(parts[parts.index('stages') :])}:{frame.lineno}"
    return f"{type(error).__name__} {place}"


def _with_origin(outcome: Outcome, source: Source) -> Outcome:
    """Use and corpus are set outside of the cached work: a change of them aligns nothing again."""
    if outcome.recording is None:
        return outcome
    recording = replace(outcome.recording, use=source.use, corpus=source.corpus)
    return replace(outcome, recording=recording)


def _rejected(recording: str, reason: str, *details: str) -> Row:
    outcome = Outcome(recording, rejections=[reason], details=list(details))
    row: Row = _OUTCOME.dump_python(outcome, mode="json")
    return row


def segment_into(source: Source, aligner: CachedAligner, settings: Segment, folder: Path) -> Row:
    """The outcome of one recording; content that no reader expects rejects it."""
    (folder / "audio").mkdir()
    try:
        outcome = segment_recording(source, folder, aligner, settings)
    except MemoryError:  # of the machine: the next run may have more
        raise WorkEnded("took_too_much_memory") from None
    except _CONTENT_FAULTS as error:
        shutil.rmtree(folder / "audio")  # the recording may be in it already
        return _rejected(source.id, "not_processed", place_of(error))
    row: Row = _OUTCOME.dump_python(outcome, mode="json")
    return row
