"""Whether the metrics of this tree belong to its parameters: dvc.lock records those of the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

LOCK, PARAMS = Path("dvc.lock"), Path("params.yaml")
_UNREADABLE = (
    OSError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError,
    YAMLError,
)  # fmt: skip
"""What a YAML reader raises for some file or other: its constructors convert dates and numbers."""


def recorded_params() -> dict[str, Any]:
    """Dotted name -> value, or section -> values, as dvc.lock records them.

    Empty without a readable dvc.lock. Without DVC, which takes seconds; it also tells changed data
    and code, see attune/lock.py.
    """
    try:
        stages = [stage.get("params", {}) for stage in _load(LOCK)["stages"].values()]
        return {k: v for stage in stages for k, v in stage.get("params.yaml", {}).items()}
    except _UNREADABLE:
        return {}


def changed_since_run() -> list[str]:
    """Sorted names of the parameters whose values differ from those that dvc.lock records."""
    try:
        params = _load(PARAMS)
    except _UNREADABLE:
        return []
    return sorted(name for name, value in recorded_params().items() if _at(params, name) != value)


def note() -> str:
    """One line for the screen if the metrics are of a run with other parameters, else ""."""
    changed = changed_since_run()
    if not changed:
        return ""
    names = ", ".join(changed[:5]) + (", ..." if len(changed) > 5 else "")
    return f"These metrics are of an earlier run, with other parameters ({names}): run `dvc repro`."


def _load(path: Path) -> Any:
    # As DVC reads it: in YAML 1.1, which PyYAML reads, 6e-05 is a text.
    return YAML(typ="safe").load(path)


def _at(params: Any, name: str) -> Any:
    for part in name.split("."):
        params = params.get(part) if isinstance(params, dict) else None
    return params
