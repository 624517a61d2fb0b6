"""Work on recordings one by one, and keep what was done: the work grows with the change.

DVC empties a stage's output before it runs, so the result of each unit also lies in
`.state/units/<stage>/<key>` of the repository, under a fingerprint of all that decides it. An entry
is made beside its place and renamed: a kill leaves whole entries or none, and the next run goes on.
The output gets hard links where the file system has them, so the audio lies on the disk once.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed
from tqdm import tqdm

from stages.common.core.files import Row, link_or_copy, sha256, state_folder, write_text
from stages.common.core.fingerprint import code_digest
from stages.common.core.workers import Workers, at_work

_RECORD = "record.json"
_LAST = "last.json"


@dataclass(frozen=True)
class CachedTask:
    """One recording's share of a stage."""

    name: str
    """Its id."""
    facts: Any
    """All that decides the result and is no file: parameters, ids. JSON."""
    files: tuple[Path, ...]
    """What it reads; contents and suffixes count, names do not."""


Work = Callable[[Path], Row]
"""Writes files into the folder that it is given, and returns a record, as JSON."""


def run_cached_tasks(
    stage: str, tasks: Sequence[tuple[CachedTask, Work]], out: Path, workers: Workers
) -> list[Row]:
    """Do, or find done, every unit; its files are linked into `out`.

    Returns: the records, in the tasks' order.

    Raises: UserError if the workers cannot be reached, or do not see this machine's files.
    """
    common = code_digest(stage)
    store = state_folder("units") / stage
    store.mkdir(parents=True, exist_ok=True)
    jobs = (delayed(_done)(unit, work, common, store, out.absolute()) for unit, work in tasks)
    with at_work(workers, store):
        results = Parallel(n_jobs=-1, return_as="generator")(jobs)
        bar = tqdm(results, stage, total=len(tasks), unit="recording", disable=None)
        found: list[tuple[str, Row]] = list(bar)
    _forget(store, sorted(key for key, _ in found))
    return [record for _, record in found]


def _done(unit: CachedTask, work: Work, common: str, store: Path, out: Path) -> tuple[str, Row]:
    key = _key(unit, common)
    entry = store / key
    record = _read(entry)
    if record is None:
        fresh = store / f"{key}.{os.getpid()}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        result = work(fresh)
        files = sorted(path for path in fresh.rglob("*") if path.is_file())
        record = {
            "result": result,
            "files": {path.relative_to(fresh).as_posix(): sha256(path) for path in files},
        }
        write_text(fresh / _RECORD, json.dumps(record))
        shutil.rmtree(entry, ignore_errors=True)
        fresh.rename(entry)
        # As a later run will find it: numbers are those that JSON gives back.
        record = json.loads((entry / _RECORD).read_text(encoding="utf-8"))
    for name in record["files"]:
        link_or_copy(entry / name, out / name)
    result = record["result"]
    return key, result


def _key(unit: CachedTask, common: str) -> str:
    files = [(path.suffix.lower(), _contents(path)) for path in unit.files]
    facts = json.dumps([unit.name, unit.facts, common, files], sort_keys=True)
    return hashlib.sha256(facts.encode()).hexdigest()[:32]


def _contents(path: Path) -> str:
    try:
        return sha256(path)
    except OSError:
        return "unreadable"  # the work tells the person


def _read(entry: Path) -> Row | None:
    """A whole entry's record; None where there is none, or where a file has changed since."""
    try:
        record: Row = json.loads((entry / _RECORD).read_text(encoding="utf-8"))
        whole = all(sha256(entry / name) == digest for name, digest in record["files"].items())
    except (OSError, ValueError):
        return None
    return record if whole else None


def _forget(store: Path, used: list[str]) -> None:
    """Delete what neither this run nor the one before used: removed recordings shall not linger.

    What is being made may be another run's, from the queue; a day later it is what a kill left.
    """
    last = store / _LAST
    yesterday = time.time() - 24 * 3600
    before = json.loads(last.read_text(encoding="utf-8")) if last.is_file() else []
    kept = {*used, *before}
    for entry in sorted(store.iterdir()):
        making = entry.suffix == ".new" and entry.stat().st_mtime > yesterday
        if entry.is_dir() and entry.name not in kept and not making:
            shutil.rmtree(entry, ignore_errors=True)
    write_text(last, json.dumps(used))
