"""The work of a stage on its recordings, one by one: a run repeats only what has changed.

It runs in parallel, on the cores of this machine or on a Dask cluster, through joblib.

Results are kept in `.state/finished/<stage>`. The stage's output gets hard links to their files
where the file system has them, so that audio takes its space once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed, parallel_config
from tqdm import tqdm

from stages.common.core.cache import Cache, Work, code_digest, key_of
from stages.common.core.errors import UserError
from stages.common.core.files import Row, sha256, state_folder
from stages.common.core.watchdog import WorkEnded, end_processes, run_watched

_TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class CachedTask:
    """The work of a stage on one recording."""

    name: str
    """The recording's id."""
    facts: Any
    """Everything besides files that decides the result, as JSON: parameters, ids."""
    files: tuple[Path, ...]
    """Input files; their contents and suffixes count, their names do not."""
    work: Work
    ended: Callable[[str], Row]
    """The result if the work is ended for a reason of watchdog.py; it is not kept."""


def run_cached_tasks(
    stage: str, tasks: Sequence[CachedTask], out: Path, backend: str, scheduler: str
) -> list[Row]:
    """Run each task unless its result is known, and link all files of the results into `out`.

    Args:
        backend: `loky` for a process on each of this machine's cores, `dask` for a cluster.
        scheduler: address of the Dask scheduler; "" with `loky`.

    Returns: the results, in the order of the tasks.

    Raises: UserError if the workers cannot be reached or do not see this machine's files.
    """
    code = code_digest(stage)
    cache = Cache(state_folder("finished") / stage)
    cache.folder.mkdir(parents=True, exist_ok=True)
    jobs = (delayed(_run)(task, code, cache) for task in tasks)
    entries = []
    with cache.in_use() as end_use, _parallel_on(backend, scheduler, cache.folder):
        results = Parallel(n_jobs=-1, return_as="generator")(jobs)
        for key, result in tqdm(results, stage, total=len(tasks), unit="recording", disable=None):
            # Not by the workers: those of a killed run on a cluster work on for a while.
            if key:
                cache.link_files(key, out)
            entries.append((key, result))
        end_use(key for key, _ in entries if key)
    return [result for _, result in entries]


def _run(task: CachedTask, code: str, cache: Cache) -> tuple[str, Row]:
    """The key of the task's entry, "" without one, and its result."""
    files = [(path.suffix.lower(), _content_digest(path)) for path in task.files]
    key = key_of([task.name, task.facts, code, files])
    result = cache.find(key)
    if result is None:
        try:
            result = run_watched(partial(cache.make, key, task.work))
        except WorkEnded as end:
            return "", task.ended(end.reason)
    return key, result


def _content_digest(path: Path) -> str:
    try:
        return sha256(path)
    except OSError:
        return "unreadable"  # the task itself reports the reason


@contextmanager
def _parallel_on(backend: str, scheduler: str, shared: Path) -> Iterator[None]:
    """Within this context joblib runs its jobs on this machine's cores or a Dask cluster.

    shared: a folder that every worker must see under the same path.

    Raises: UserError if the scheduler does not answer, has no workers, or one lacks `shared`.
    """
    if backend == "loky":
        # Each thread waits for a process of watchdog.py, as each worker of a cluster does.
        try:
            with parallel_config(backend="threading"):
                yield
        except BaseException:  # such as Ctrl-C
            end_processes()
            raise
        return
    try:
        from distributed import Client
    except ImportError:
        raise UserError(
            "segment.backend = 'dask': the package is missing; run `pip install distributed`"
        ) from None
    try:
        client = Client(scheduler, timeout=_TIMEOUT_SECONDS)
    except (OSError, ValueError):
        raise UserError(
            f"segment.scheduler: no answer within {_TIMEOUT_SECONDS} s; "
            "check the address, and that `dask scheduler` runs there"
        ) from None
    with client:
        shares = client.run(os.path.isdir, str(shared))
        if not shares:
            raise UserError(
                "segment.scheduler: it has no workers; start `dask worker` on each machine"
            )
        without = sum(not share for share in shares.values())
        if without:
            raise UserError(
                f"segment.scheduler: {without} of {len(shares)} worker(s) cannot see this "
                "repository; place it on a disk that all machines mount under the same path"
            )
        with parallel_config(backend="dask"):
            yield
