"""Whether the metrics of this tree belong to its parameters: dvc.lock records those of the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

LOCK, PARAMS = Path("dvc.lock"), Path("params.yaml")


def changed_since_run() -> list[str]:
    """Sorted names of the parameters whose values differ from those that dvc.lock records.

    Empty without a readable dvc.lock. Without DVC, which takes seconds; it also tells changed data
    and code, see attune/lock.py.
    """
    # As DVC reads them: in YAML 1.1, which PyYAML reads, 6e-05 is a text.
    reader = YAML(typ="safe")
    try:
        lock, params = reader.load(LOCK), reader.load(PARAMS)
        stages = [stage.get("params", {}) for stage in lock["stages"].values()]
        recorded = {k: v for stage in stages for k, v in stage.get("params.yaml", {}).items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, YAMLError):
        return []
    return sorted(name for name, value in recorded.items() if _at(params, name) != value)


def note() -> str:
    """One line for the screen if the metrics are of a run with other parameters, else ""."""
    changed = changed_since_run()
    if not changed:
        return ""
    names = ", ".join(changed[:5]) + (", ..." if len(changed) > 5 else "")
    return f"These metrics are of an earlier run, with other parameters ({names}): run `dvc repro`."


def _at(params: Any, name: str) -> Any:
    for part in name.split("."):
        params = params.get(part) if isinstance(params, dict) else None
    return params
