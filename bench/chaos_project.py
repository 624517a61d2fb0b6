"""A small project in which one stage is to run, and what the stage must leave."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support.dvc_project import environment
from tests.support.processes import processes_in, wait_until

TIMED = ("metrics/speed.json", "metrics/speed_base.json")
"""Outputs with measured times."""


def outputs_of(stage: Mapping[str, Any]) -> list[str]:
    """Paths of the outputs, metrics and plots of a stage of dvc.yaml."""
    listed = [*stage.get("outs", []), *stage.get("metrics", []), *stage.get("plots", [])]
    return sorted(item if isinstance(item, str) else next(iter(item)) for item in listed)


def read_stages(folder: Path) -> dict[str, list[str]]:
    """Stage -> its outputs."""
    pipeline = yaml.safe_load((folder / "dvc.yaml").read_text(encoding="utf-8"))
    return {name: outputs_of(stage) for name, stage in pipeline["stages"].items()}


@dataclass(frozen=True)
class ChaosProject:
    folder: Path
    stage: str
    finished: Path
    """The project whose outputs are right."""

    @classmethod
    def prepare(cls, finished: Path, folder: Path, stage: str) -> ChaosProject:
        """Copy `finished` to `folder`, as DVC leaves it right before `stage` runs."""
        ignored = shutil.ignore_patterns(".state", "cache", "tmp", "experiments")
        shutil.copytree(finished, folder, symlinks=True, ignore=ignored)
        project = cls(folder, stage, finished)
        project.write_lock()
        project.remove_outputs()
        return project

    def write_lock(self) -> None:
        """dvc.lock of the finished project without the stage."""
        lock = yaml.safe_load((self.finished / "dvc.lock").read_text(encoding="utf-8"))
        del lock["stages"][self.stage]
        (self.folder / "dvc.lock").write_text(yaml.safe_dump(lock), encoding="utf-8")

    def restore_lock(self) -> bool:
        """As `git checkout dvc.lock` does, if DVC was killed while it wrote: it writes in place, as
        it does `.dvc/tmp/rwlock`, which is deleted then. Returns: whether it was."""
        cut = False
        locks = self.folder / ".dvc" / "tmp" / "rwlock"
        if locks.is_file():
            try:
                json.loads(locks.read_text(encoding="utf-8"))
            except ValueError:
                locks.unlink()
                cut = True
        try:
            lock = yaml.safe_load((self.folder / "dvc.lock").read_text(encoding="utf-8"))
            whole = lock["stages"].keys() >= read_stages(self.finished).keys() - {self.stage}
            whole = whole and all(stage.get("outs") for stage in lock["stages"].values())
        except (yaml.YAMLError, TypeError, AttributeError, KeyError):
            whole = False
        if not whole:
            self.write_lock()
        return cut or not whole

    @property
    def outputs(self) -> list[str]:
        return read_stages(self.finished)[self.stage]

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", f"stages.{self.stage}"]

    @property
    def dvc_command(self) -> list[str]:
        return ["dvc", "repro", "-s", self.stage]

    @property
    def log(self) -> Path:
        return self.folder.with_name("log")

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def remove_outputs(self) -> None:
        for name in self.outputs:
            path = self.folder / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def run(self, with_dvc: bool) -> subprocess.CompletedProcess[str]:
        """Run the stage undisturbed. Without DVC its outputs are removed before, as DVC does."""
        if not with_dvc:
            self.remove_outputs()
        return subprocess.run(
            self.dvc_command if with_dvc else self.command, cwd=self.folder, env=environment(),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600,
        )  # fmt: skip

    def output_bytes(self) -> int:
        return sum(path.stat().st_size for path in _files(self.finished, self.outputs).values())

    def half_written(self) -> list[str]:
        """Outputs under their names that are not as in the finished project. A folder or file that
        is missing altogether is not half-written."""
        present = [name for name in self.outputs if (self.folder / name).exists()]
        return _differences(_files(self.finished, present), _files(self.folder, present))

    def differences(self) -> list[str]:
        """Output files that are missing, too many or of another content."""
        outputs = self.outputs
        return _differences(_files(self.finished, outputs), _files(self.folder, outputs))

    def leftovers(self) -> list[str]:
        """Unfinished or replaced files that nobody removes any more."""
        return sorted(
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if path.name.endswith((".new", ".old")) and ".git" not in path.parts
        )

    def processes(self) -> list[int]:
        return processes_in(self.folder)

    def all_end_within(self, seconds: float) -> bool:
        """Whether no process is left in the project after that time."""
        try:
            wait_until(lambda: not self.processes(), seconds)
        except AssertionError:
            return False
        return True


def _files(folder: Path, outputs: list[str]) -> dict[str, Path]:
    """Every file of the outputs, by its path in the project."""
    found: dict[str, Path] = {}
    for name in outputs:
        paths = (folder / name).rglob("*") if (folder / name).is_dir() else [folder / name]
        found |= {os.path.relpath(p, folder): p for p in paths if p.is_file()}
    return {name: path for name, path in found.items() if name not in TIMED}


def _differences(right: dict[str, Path], found: dict[str, Path]) -> list[str]:
    return sorted(
        name
        for name in right.keys() | found.keys()
        if name not in right
        or name not in found
        or right[name].read_bytes() != found[name].read_bytes()
    )
