"""The work of a stage on its recordings, one by one: a run repeats only what has changed.

Results are kept in `.state/finished/<stage>`. The stage's output gets hard links to their files
where the file system has them, so that audio takes its space once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed
from tqdm import tqdm

from stages.common.core.cache import Cache, Work, code_digest, key_of
from stages.common.core.files import Row, sha256, state_folder
from stages.common.core.workers import Workers, parallel_on


@dataclass(frozen=True)
class CachedTask:
    """The work of a stage on one recording."""

    name: str
    """The recording's id."""
    facts: Any
    """Everything besides files that decides the result, as JSON: parameters, ids."""
    files: tuple[Path, ...]
    """Input files; their contents and suffixes count, their names do not."""


def run_cached_tasks(
    stage: str, tasks: Sequence[tuple[CachedTask, Work]], out: Path, workers: Workers
) -> list[Row]:
    """Run each task unless its result is known, and link all files of the results into `out`.

    Returns: the results, in the order of the tasks.

    Raises: UserError if the workers cannot be reached or do not see this machine's files.
    """
    code = code_digest(stage)
    cache = Cache(state_folder("finished") / stage)
    cache.folder.mkdir(parents=True, exist_ok=True)
    jobs = (delayed(_run)(task, work, code, cache, out.absolute()) for task, work in tasks)
    with parallel_on(workers, cache.folder):
        results = Parallel(n_jobs=-1, return_as="generator")(jobs)
        bar = tqdm(results, stage, total=len(tasks), unit="recording", disable=None)
        entries: list[tuple[str, Row]] = list(bar)
    cache.delete_unused(key for key, _ in entries)
    return [result for _, result in entries]


def _run(task: CachedTask, work: Work, code: str, cache: Cache, out: Path) -> tuple[str, Row]:
    """The key of the task's entry, and its result."""
    files = [(path.suffix.lower(), _content_digest(path)) for path in task.files]
    key = key_of([task.name, task.facts, code, files])
    result = cache.find(key)
    if result is None:
        result = cache.make(key, work)
    cache.link_files(key, out)
    return key, result


def _content_digest(path: Path) -> str:
    try:
        return sha256(path)
    except OSError:
        return "unreadable"  # the task itself reports the reason
