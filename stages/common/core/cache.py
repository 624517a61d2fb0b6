"""Results that are kept between runs, in `.state` of the repository.

DVC deletes the outputs of a stage before it runs it, so what a later run can use again lies here as
well. A key digests everything that decides a result: parameters, input files, code, packages.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import yaml

from stages.common.core.files import (
    Row,
    disk_errors,
    link_or_copy,
    sha256,
    sync_folder,
    write_text,
)
from stages.common.core.locks import Lock

_REPOSITORY = Path(__file__).parents[3]
_RECORD = "record.json"
_PREVIOUS_RUN = "last.json"
_UNFINISHED = ".new"
_LOCK = "in_use.lock"

Work = Callable[[Path], Row]
"""Writes its files into the folder that it is given, and returns its result as a JSON object."""


def key_of(facts: Any) -> str:
    """32 hex digits over `facts`, any value that JSON can hold."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def digest_of(paths: Iterable[Path]) -> str:
    """64 hex digits over files and all files in folders: names below each path, and contents."""
    digest = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix != ".pyc":
                name = file.relative_to(path).as_posix() if path.is_dir() else file.name
                digest.update(f"{name}\0{sha256(file)}\0".encode())
    return digest.hexdigest()


def code_digest(stage: str) -> str:
    """`digest_of` the code and the pinned packages that dvc.yaml lists as deps of `stage`."""
    pipeline = yaml.safe_load((_REPOSITORY / "dvc.yaml").read_text(encoding="utf-8"))
    deps = [dep for dep in pipeline["stages"][stage]["deps"] if dep.startswith("stages/")]
    return digest_of(_REPOSITORY / dep for dep in [*deps, "constraints.txt"])


@dataclass(frozen=True)
class Cache:
    """Named entries in one folder, each a result and the files that belong to it.

    An entry is written beside its place and renamed: a killed run leaves whole entries or none.
    """

    folder: Path

    @contextmanager
    def in_use(self) -> Iterator[Callable[[Iterable[str]], None]]:
        """Within this context no other run deletes entries, such as those that DVC starts from its
        queue.

        Yields: a function that ends the use, and deletes entries that neither this run, with the
        entries given, nor the previous one used: removed recordings must not linger. If other runs
        use the cache, the last of them to end deletes.
        """
        lock = Lock(self.folder / _LOCK)
        lock.take(shared=True)

        def end(used: Iterable[str]) -> None:
            used = sorted(set(used))
            if lock.take(wait=False):
                self._delete_all_but({*used, *self._used_before()})
            write_text(self.folder / _PREVIOUS_RUN, json.dumps(used))

        try:
            yield end
        finally:
            lock.release()

    def find(self, name: str) -> Row | None:
        """The result of the entry `name`; None if there is none or one of its files has changed."""
        entry = self.folder / name
        try:
            record = json.loads((entry / _RECORD).read_text(encoding="utf-8"))
            whole = all(sha256(entry / file) == known for file, known in record["files"].items())
            result: Row = record["result"]
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return None
        return result if whole else None

    def make(self, name: str, work: Work) -> Row:
        """Do `work` and keep it as the entry `name`, in place of an earlier one.

        Returns: the result as `find` will return it, with numbers as JSON holds them.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = Path(mkdtemp(_UNFINISHED, f"{name}.", self.folder))
        try:
            with disk_errors(unfinished):
                result = work(unfinished)
                files = {file: sha256(unfinished / file) for file in _files_in(unfinished)}
                text = json.dumps({"result": result, "files": files})
                write_text(unfinished / _RECORD, text)
                sync_folder(unfinished)
            # Another run may have made the same entry meanwhile, and be about to link its files.
            if self.find(name) is None:
                shutil.rmtree(self.folder / name, ignore_errors=True)
                unfinished.rename(self.folder / name)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        made: Row = json.loads(text)["result"]
        return made

    def link_files(self, name: str, target: Path) -> None:
        """Place the files of the entry `name` in the folder `target`, as hard links if possible."""
        record = json.loads((self.folder / name / _RECORD).read_text(encoding="utf-8"))
        for file in record["files"]:
            link_or_copy(self.folder / name / file, target / file)

    def _used_before(self) -> set[str]:
        with suppress(OSError, ValueError):  # the list of the previous run is missing or damaged
            names = json.loads((self.folder / _PREVIOUS_RUN).read_text(encoding="utf-8"))
            return set(map(str, names)) if isinstance(names, list) else set()
        return set()

    def _delete_all_but(self, kept: set[str]) -> None:
        """Unfinished entries too: nobody else is at work."""
        for entry in sorted(self.folder.iterdir()):
            if entry.is_dir() and entry.name not in kept:
                shutil.rmtree(entry, ignore_errors=True)


def _files_in(folder: Path) -> list[str]:
    """Paths of all files in `folder`, relative to it."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
