"""One Markdown comment for a pull request: lock, verdict, gates, metrics. No data is needed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from attune.lock import lock_markdown, read_lock
from stages.common.core.errors import UserError
from stages.common.evaluation.comparison.evaluated import (
    changed_params,
    read_evaluated,
    read_params,
)
from stages.common.evaluation.comparison.gates import gates_at, gates_markdown
from stages.common.evaluation.comparison.result import NOT_COMPARABLE, markdown, result_of
from stages.common.evaluation.comparison.revisions import Source

MARKER = "<!-- attune -->"
"""The first line, which no reader sees: by it the next run finds the comment and replaces it."""
_ONE_RECORDING = "by_recording."
Changes = dict[str, dict[str, dict[str, Any]]]
"""File -> metric -> `old`, `new` and, of numbers, `diff`."""
T = TypeVar("T")


@dataclass(frozen=True)
class Comment:
    text: str
    ok: bool
    """The lock is fresh and every gate holds."""


@dataclass(frozen=True)
class _Part(Generic[T]):
    value: T | None
    """None where it cannot be told."""
    text: str
    """How it is told, or why not."""


def comment(base: Source, here: Source) -> Comment:
    """The working tree, `here`, against `base`, a commit. What cannot be told says why in its own
    place."""
    lock = _part("lock", read_lock, lock_markdown)
    verdict = _part(
        "verdict",
        lambda: result_of(read_evaluated(base, "tuned"), read_evaluated(here, "tuned")),
        # The parameters have a place of their own, as they are known without a verdict too.
        lambda row: markdown(row | {"changed_params": []}),
    )
    gates = _part("gates", lambda: gates_at(here), gates_markdown)
    params = _part(
        "parameters",
        lambda: changed_params(read_params(base), read_params(here)),
        _params_markdown,
    )
    metrics = _part(
        "metrics", lambda: metrics_diff(base), lambda found: metrics_markdown(found, base.name)
    )
    title = _title(verdict.value["verdict"] if verdict.value else None, base.name)
    head = f"{MARKER}\n### Attune: {title}"
    fresh = lock.value is not None and lock.value.fresh
    hold = gates.value is not None and all(gate.holds for gate in gates.value)
    texts = [head, *(part.text for part in (lock, verdict, gates, params, metrics))]
    return Comment("\n\n".join(texts), fresh and hold)


def metrics_diff(base: Source) -> Changes:
    """What `dvc metrics diff` says of the working tree against `base`. Raises: UserError."""
    done = subprocess.run(
        [sys.executable, "-m", "dvc", "metrics", "diff", base.commit, "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        found: Changes = json.loads(done.stdout)
    except ValueError:
        raise UserError("`dvc metrics diff` failed") from None
    return found


def metrics_markdown(changes: Changes, base: str) -> str:
    """A table to unfold. Numbers of single recordings are counted: there are hundreds."""
    rows, single = [], 0
    for path, metrics in sorted(changes.items()):
        for name, change in sorted(metrics.items()):
            if name.startswith(_ONE_RECORDING):
                single += 1
                continue
            old, new, moved = (change.get(key) for key in ("old", "new", "diff"))
            more = "" if moved is None else _shown(moved, "+")
            rows.append(f"| {path} | {name} | {_shown(old)} | {_shown(new)} | {more} |")
    if not rows and not single:
        return f"No metric differs from {base}."
    lines = [f"<details><summary>{len(rows)} metrics differ from {base}</summary>", ""]
    if rows:
        lines += ["| file | metric | before | here | change |", "|---|---|---|---|---|", *rows, ""]
    if single:
        lines += [f"And {single:,} numbers of single recordings.", ""]
    return "\n".join([*lines, "</details>"])


def _title(verdict: str | None, base: str) -> str:
    return {
        None: f"no verdict against {base}",
        "better": f"better than {base}",
        "worse": f"worse than {base}",
        "not shown": f"no difference to {base} is shown",
        NOT_COMPARABLE: f"not comparable with {base}",
    }[verdict]


def _params_markdown(changed: list[str]) -> str:
    if not changed:
        return "No parameter differs."
    return "\n".join(["Parameters that differ:", "", *(f"- `{line}`" for line in changed)])


def _part(what: str, read: Callable[[], T], write: Callable[[T], str]) -> _Part[T]:
    try:
        value = read()
    except UserError as fault:
        return _Part(None, f"**No {what}**: {fault}")
    return _Part(value, write(value))


def _shown(value: Any, sign: str = "") -> str:
    if isinstance(value, float):
        return f"{value:{sign},.4f}"
    if isinstance(value, int):
        return f"{value:{sign},}"
    return "-" if value is None else str(value)
