"""Does what is committed belong together: dvc.lock, code, parameters and metrics?

DVC answers without any data: what is not there counts as unchanged, and hashes of it stand in
dvc.lock.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stages.common.core.errors import UserError

_NOT_HERE = ("deleted", "not in cache")
"""What `dvc status` says of data that nobody pulled."""
# Of `dvc repro --dry`: a stage it would run, one whose outputs it would take from the run-cache,
# and those of which it cannot tell more, as their input is neither here nor what dvc.lock names.
_WOULD_RUN = re.compile(
    r"^(?:Running stage .*|Stage .* is cached .*|ERROR: failed to reproduce(?: stages:)? [^:\n]*)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Lock:
    stages: dict[str, list[str]]
    """Those that `dvc repro` would run -> what changed, as far as git knows it."""
    metrics: list[str]
    """Files in git that are not those which dvc.lock names."""

    @property
    def fresh(self) -> bool:
        return not self.stages and not self.metrics


def read_lock() -> Lock:
    """Of the working tree. Raises: UserError where DVC fails, or there is no pipeline."""
    done = _dvc("repro", "--allow-missing", "--keep-going", "--dry")
    said = _WOULD_RUN.findall(done.stdout + done.stderr)
    names = {name for line in said for name in re.findall(r"'([^']+)'", line)}
    if done.returncode and not names:
        raise UserError("`dvc repro --allow-missing --dry` failed: call it to see why")
    changes = _changes(names) if names else {}
    return Lock({name: changes.get(name, []) for name in sorted(names)}, stale_metrics())


def stale_metrics() -> list[str]:
    """Metrics and curves, kept in git, whose content is not that which dvc.lock names."""
    pipeline, locks = _stages(Path("dvc.yaml")), Path("dvc.lock")
    lock = _stages(locks) if locks.exists() else {}
    found = []
    for name, stage in pipeline.items():
        locked = {out["path"]: out.get("md5") for out in lock.get(name, {}).get("outs", [])}
        for path in _uncached(stage):
            if _md5(Path(path)) != locked.get(path):
                found.append(path)
    return sorted(found)


def lock_markdown(lock: Lock) -> str:
    """One line where all is well, otherwise what is not and what to do."""
    if lock.fresh:
        return "`dvc.lock` matches the code, the parameters and the metrics."
    lines = ["**`dvc.lock` is stale**: run `dvc repro`, and commit `dvc.lock` and `metrics`."]
    if lock.stages:
        lines += ["", "It would run these, and what follows where its input then differs:", ""]
        lines += [
            f"- `{name}`" + (f" ({', '.join(f'`{what}`' for what in changes)})" if changes else "")
            for name, changes in lock.stages.items()
        ]
    if lock.metrics:
        lines += ["", "Not the files that `dvc.lock` names:", ""]
        lines += [f"- `{path}`" for path in lock.metrics]
    return "\n".join(lines)


def _changes(names: set[str]) -> dict[str, list[str]]:
    """What changed for a stage: parameters, and files in git. Names of data are not told."""
    done = _dvc("status", "--json")
    try:
        status: dict[str, list[Any]] = json.loads(done.stdout)
    except ValueError:
        raise UserError("`dvc status` failed") from None
    return {
        name: sorted({what for entry in status[name] for what in _changed(entry)})
        for name in names & status.keys()
    }


def _changed(entry: Any) -> Iterator[str]:
    """Of one entry of a stage in `dvc status --json`."""
    if not isinstance(entry, Mapping):
        yield str(entry)  # "changed command"
        return
    for items in entry.values():
        for what, state in items.items():
            if isinstance(state, Mapping):
                yield from state  # Parameters, by dotted name.
            elif state not in _NOT_HERE and _in_git(what):
                yield what


def _in_git(path: str) -> bool:
    done = subprocess.run(
        ["git", "ls-files", "--", path], capture_output=True, text=True, check=False
    )
    return bool(done.stdout)


def _uncached(stage: Mapping[str, Any]) -> Iterator[str]:
    for kind in ("metrics", "plots"):
        for entry in stage.get(kind, []):
            if isinstance(entry, Mapping):
                yield from (path for path, o in entry.items() if o and o.get("cache") is False)


def _stages(path: Path) -> dict[str, Any]:
    try:
        stages: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["stages"]
    except FileNotFoundError:
        raise UserError(f"{path}: not found; run from the repository's root") from None
    except (yaml.YAMLError, KeyError, TypeError):
        raise UserError(f"{path}: not a file of DVC's stages") from None
    return stages


def _md5(path: Path) -> str | None:
    try:
        return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    except FileNotFoundError:
        return None


def _dvc(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dvc", *arguments], capture_output=True, text=True, check=False
    )
