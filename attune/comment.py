"""The comment on a pull request: dvc.lock, comparison, gates, parameters and metrics.

It is read from git alone, without data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from attune.lock import lock_markdown, stale_stages
from attune.markdown import bullets, comparison_markdown, gates_markdown, markdown_table
from stages.common.core.errors import UserError
from stages.common.evaluation.comparison.dvc_repository import dvc_repository
from stages.common.evaluation.comparison.evaluated import (
    changed_params,
    read_evaluated,
    read_params,
)
from stages.common.evaluation.comparison.gates import gates_at
from stages.common.evaluation.comparison.result import NOT_COMPARABLE, compare_models
from stages.common.evaluation.comparison.revisions import Source

MARKER = "<!-- attune -->"
"""The first line, invisible to readers: by it the next run finds the comment and replaces it."""
_TITLES = {
    "better": "better than",
    "worse": "worse than",
    "not shown": "inconclusive against",
    NOT_COMPARABLE: "not comparable with",
    None: "no comparison with",
}
_PER_RECORDING = "by_recording."
Changes = dict[str, dict[str, dict[str, Any]]]
"""File -> metric -> `old`, `new` and, for numbers, `diff`."""
T = TypeVar("T")


@dataclass(frozen=True)
class Comment:
    text: str
    ok: bool
    """dvc.lock is fresh and every gate passes."""


@dataclass(frozen=True)
class _Section(Generic[T]):
    value: T | None
    """None if it cannot be read."""
    text: str
    """Its Markdown, or why it cannot be read."""


def comment(base: Source, here: Source) -> Comment:
    """Compare the working tree `here` with the commit `base`. A section that cannot be read gives
    its reason; the others are unaffected."""
    lock = _section("check of `dvc.lock`", stale_stages, lock_markdown)
    comparison = _section(
        "comparison",
        lambda: compare_models(read_evaluated(base, "tuned"), read_evaluated(here, "tuned")),
        # The parameters have a section of their own, as they need no metrics.
        lambda row: comparison_markdown(row | {"changed_params": []}),
    )
    gates = _section("gates", lambda: gates_at(here), gates_markdown)
    params = _section(
        "parameters",
        lambda: changed_params(read_params(base), read_params(here)),
        _params_markdown,
    )
    metrics = _section(
        "metrics", lambda: metrics_diff(base), lambda changes: metrics_markdown(changes, base.name)
    )
    verdict = comparison.value["verdict"] if comparison.value else None
    sections = (lock, comparison, gates, params, metrics)
    return Comment(
        "\n\n".join(
            (
                f"{MARKER}\n### Attune: {_TITLES[verdict]} {base.name}",
                *(section.text for section in sections),
            )
        ),
        ok=lock.value == {} and gates.value is not None and all(gate.holds for gate in gates.value),
    )


def metrics_diff(base: Source) -> Changes:
    """The metrics of the working tree that differ from `base`. Raises: UserError."""
    with dvc_repository() as repo:
        changes: Changes = repo.metrics.diff(a_rev=base.commit).get("diff", {})
    return changes


def metrics_markdown(changes: Changes, base: str) -> str:
    """A table to unfold. Metrics of single recordings are only counted: there are hundreds."""
    rows, per_recording = [], 0
    for path, metrics in sorted(changes.items()):
        for name, change in sorted(metrics.items()):
            if name.startswith(_PER_RECORDING):
                per_recording += 1
                continue
            old, new, difference = (change.get(key) for key in ("old", "new", "diff"))
            shown = "" if difference is None else _shown(difference, "+")
            rows.append((path, name, _shown(old), _shown(new), shown))
    if not rows and not per_recording:
        return f"No metric differs from {base}."
    parts = [f"<details><summary>{len(rows)} metrics differ from {base}</summary>"]
    if rows:
        parts.append(markdown_table(("file", "metric", "before", "after", "change"), rows))
    if per_recording:
        parts.append(f"And {per_recording:,} metrics of single recordings.")
    return "\n\n".join([*parts, "</details>"])


def _params_markdown(changed: list[str]) -> str:
    if not changed:
        return "No parameter differs."
    return "Parameters that differ:\n\n" + bullets(f"`{line}`" for line in changed)


def _section(what: str, read: Callable[[], T], write: Callable[[T], str]) -> _Section[T]:
    try:
        value = read()
    except UserError as error:
        return _Section(None, f"**No {what}**: {error}")
    return _Section(value, write(value))


def _shown(value: Any, sign: str = "") -> str:
    if isinstance(value, float):
        return f"{value:{sign},.4f}"
    if isinstance(value, int):
        return f"{value:{sign},}"
    return "-" if value is None else str(value)
