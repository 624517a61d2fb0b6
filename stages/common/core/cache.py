"""Results that are kept between runs, in `.state` of the repository.

DVC deletes the outputs of a stage before it runs it, so what a later run can use again lies here as
well. A key digests everything that decides a result: parameters, input files, code, packages.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stages.common.core.files import Row, link_or_copy, sha256, write_text

_REPOSITORY = Path(__file__).parents[3]
_RECORD = "record.json"
_PREVIOUS_RUN = "last.json"
_UNFINISHED = ".new"
_DAY = 24 * 3600

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
        unfinished = self.folder / f"{name}.{os.getpid()}{_UNFINISHED}"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        result = work(unfinished)
        files = {file: sha256(unfinished / file) for file in _files_in(unfinished)}
        text = json.dumps({"result": result, "files": files})
        write_text(unfinished / _RECORD, text)
        entry = self.folder / name
        shutil.rmtree(entry, ignore_errors=True)
        unfinished.rename(entry)
        made: Row = json.loads(text)["result"]
        return made

    def link_files(self, name: str, target: Path) -> None:
        """Place the files of the entry `name` in the folder `target`, as hard links if possible."""
        for file in _files_in(self.folder / name):
            if file != _RECORD:
                link_or_copy(self.folder / name / file, target / file)

    def delete_unused(self, used: Iterable[str]) -> None:
        """Delete entries that neither this run nor the previous one used.

        Removed recordings must not linger. An unfinished entry may belong to another run, which DVC
        started from its queue; after a day it is the remains of a killed one.
        """
        used = sorted(set(used))
        kept = set(used)
        with suppress(OSError, ValueError):  # the list of the previous run is missing or damaged
            names = json.loads((self.folder / _PREVIOUS_RUN).read_text(encoding="utf-8"))
            kept |= set(map(str, names)) if isinstance(names, list) else set()
        for entry in sorted(self.folder.iterdir()):
            in_work = entry.suffix == _UNFINISHED and entry.stat().st_mtime > time.time() - _DAY
            if entry.is_dir() and entry.name not in kept and not in_work:
                shutil.rmtree(entry, ignore_errors=True)
        write_text(self.folder / _PREVIOUS_RUN, json.dumps(used))


def _files_in(folder: Path) -> list[str]:
    """Paths of all files in `folder`, relative to it."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
