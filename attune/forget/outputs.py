"""Data derived from the person's recordings: outputs of the pipeline, `.state`, DVC's own folders.

An output of the pipeline is removed as a whole, since `dvc repro` recreates it; in `.state` only
single entries: the work on a recording, or the checkpoints of a run that learned from it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from attune.forget.held_objects import TUNED
from attune.forget.needles import Needles
from attune.forget.person import Person
from stages.common.core.files import state_folder
from stages.common.dataset.trained_on import read_trained_on

OUTPUTS = (
    "data/segments", "data/normalized", "data/dataset", "data/hypotheses", "reports/private",
    "reports/report.html",
)  # fmt: skip
_RUNS = ("finetune", "tensorboard")
"""Folders of `.state` with an entry for each training run."""
_AUDIT = "audit"
"""Training data and a model that an interrupted `attune audit` left."""
_HUB = "hub"
"""Downloaded base models."""
_TASKS = ("finished",)
"""Folders of `.state` with a folder for each stage, which has an entry for each recording."""


def held_outputs(needles: Needles, person: Person) -> list[Path]:
    """Outputs of the pipeline that hold the person, and models that learned from them."""
    held = [path for name in OUTPUTS if _holds(path := Path(name), needles)]
    return held + [path for name in TUNED if _learned(path := Path(name), person)]


def held_state(needles: Needles, person: Person) -> list[Path]:
    """Entries of `.state` that hold the person."""
    return [
        path
        for path in _entries()
        if path.parent.name == _AUDIT
        or (_learned(path, person) if path.parent.name in _RUNS else _holds(path, needles))
    ]


def held_temporary(needles: Needles, tmp: Path) -> list[Path]:
    """Files and folders of DVC's experiments in `.dvc/tmp` that hold the person.

    tmp: that folder. A workspace that a killed experiment left is removed as a whole.
    """
    copies = [path for path in _inside(tmp / "exps") if (path / ".dvc").is_dir()]
    held = [path for path in copies if _holds(path, needles)]
    rest = (path for path in _files(tmp) if not any(path.is_relative_to(copy) for copy in copies))
    return held + [path for path in rest if _holds(path, needles)]


def remove(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _holds(path: Path, needles: Needles) -> bool:
    return any(needles.in_file(file, file.name) for file in _files(path))


def _learned(path: Path, person: Person) -> bool:
    if not path.is_dir():
        return False
    listed = read_trained_on(path)
    return listed is None or bool(listed & person.ids)


def _entries() -> Iterator[Path]:
    for kind in _inside(state_folder("")):
        if kind.name == _HUB:
            continue
        for entry in _inside(kind):
            yield from _inside(entry) if kind.name in _TASKS and entry.is_dir() else (entry,)


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file() and not file.is_symlink())
