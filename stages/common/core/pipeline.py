"""A stage's inputs and outputs as dvc.yaml lists them, and the state of the inputs on disk."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from stages.common.core.errors import UserError
from stages.common.core.yaml_files import read_mapping

PIPELINE = Path("dvc.yaml")
_PARAM = re.compile(r"\$\{([\w.]+)\}")
_CODE = ("stages/", "constraints.txt")
_DIGESTS = "data/inputs/"
"""Digests of the user's files, for DVC only: no stage reads them."""
State = frozenset[tuple[str, int, int]]
"""(path below the input, size, time in ns) of each file."""


def made_by(path: Path) -> str:
    """The stage that writes `path` or a folder around it, in the dvc.yaml here or in a folder above
    `path`; empty if none does.

    Raises: UserError if such a file is not YAML.
    """
    wanted = os.path.normpath(path.absolute())
    for folder in path.parents:
        file = folder / PIPELINE
        if not file.is_file():
            continue
        for name, stage in _stages(file).items():
            place = folder / stage.get("wdir", ".")
            for out in (*stage.get("outs", ()), *stage.get("metrics", ())):
                text = next(iter(out)) if isinstance(out, Mapping) else out
                if Path(wanted).is_relative_to(os.path.normpath((place / text).absolute())):
                    return name
    return ""


def states(stage: str) -> dict[str, State]:
    """The state of each input of a stage of `dvc.yaml`, code and digests excluded.

    Where a parameter gives the path, the parameter's name stands for it. Empty for a program that
    is no stage, or without a `dvc.yaml` here.

    Raises: UserError naming each input that its stage has not made yet.
    """
    inputs = dict(_inputs(stage))
    # A stage itself reports what the user has to provide.
    missing = [name for name, path in inputs.items() if not path.exists() and made_by(path)]
    if missing:
        raise UserError(f"{', '.join(sorted(missing))}: missing; run `dvc repro {stage}`")
    return {name: _state(path) for name, path in inputs.items()}


def check_unchanged(stage: str, before: Mapping[str, State]) -> None:
    """Raises: UserError naming the inputs of `stage` that differ from `before`.

    DVC hashes inputs after the run, so it would record a change made meanwhile as used.
    """
    changed = [name for name, path in _inputs(stage) if before.get(name) != _state(path)]
    if changed:
        raise UserError(
            f"{', '.join(changed)} changed during the run: run `dvc repro` again, which repeats "
            "only what has changed"
        )


def _inputs(stage: str) -> Iterator[tuple[str, Path]]:
    if not PIPELINE.is_file():
        return
    deps = _stages(PIPELINE).get(stage, {}).get("deps", ())
    for dep in deps:
        if not dep.startswith((*_CODE, _DIGESTS)):
            param = _PARAM.fullmatch(dep)
            yield (param[1], _named(param[1])) if param else (dep, Path(dep))


def _named(param: str) -> Path:
    """The path that a parameter names."""
    value: Any = read_mapping(Path("params.yaml"))
    for part in param.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if not isinstance(value, str):
        raise UserError(f"params.yaml: {param} is not a path")
    return Path(value)


def _stages(file: Path) -> Mapping[str, Any]:
    found = file.stat()
    return _stages_at(file.absolute(), found.st_mtime_ns, found.st_ino)


@lru_cache(maxsize=4)
def _stages_at(file: Path, _time: int, _inode: int) -> Mapping[str, Any]:
    stages = read_mapping(file).get("stages")
    return stages if isinstance(stages, Mapping) else {}


def _state(path: Path) -> State:
    """Empty if it does not exist. Without inodes: some network file systems number files anew."""
    state = set()
    for file in _files(path):
        try:
            found = file.stat()
        except OSError:  # missing, or a broken link
            continue
        state.add((os.path.relpath(file, path), found.st_size, found.st_mtime_ns))
    return frozenset(state)


def _files(path: Path) -> Iterator[Path]:
    """Without names in .dvcignore: outputs while they are written, compiled code."""
    if not path.is_dir():
        yield path
        return
    for folder, _, names in os.walk(path):
        for name in names:
            if not (name.startswith(".") and name.endswith((".new", ".cache"))):
                yield Path(folder) / name
