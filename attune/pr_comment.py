"""`attune pr-comment`: a summary of a branch for its reviewers, read from git without data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from attune.lock import lock_markdown, stale_stages
from attune.markdown import bullets, comparison_markdown, gates_markdown, markdown_table
from stages.common.core.errors import UserError
from stages.common.core.files import Row
from stages.common.evaluation.comparison.evaluated import (
    changed_params,
    read_evaluated,
    read_object,
    read_params,
)
from stages.common.evaluation.comparison.gates import gates_at
from stages.common.evaluation.comparison.result import NOT_COMPARABLE, compare_models
from stages.common.evaluation.comparison.revisions import (
    Source,
    dvc_repository,
    merge_base,
    working_tree,
)
from stages.common.evaluation.comparison.written import written_sentences

DATASET = "metrics/dataset.json"
MARKER = "<!-- attune -->"
"""The invisible first line, by which the next run identifies the comment to replace."""
_TITLES = {
    "better": "better than",
    "worse": "worse than",
    "not shown": "inconclusive against",
    NOT_COMPARABLE: "not comparable with",
}
Changes = dict[str, dict[str, dict[str, Any]]]
"""File -> metric -> `old`, `new` and, for numbers, `diff`."""
_BY_RECORDING = ("by_recording.", "wrong_times.")
T = TypeVar("T")


def pr_comment(branch: str) -> bool:
    """Print the comparison with the commit at which this branch left `branch`. A section that
    cannot be read gives its reason; the others are unaffected.

    Returns: whether dvc.lock is fresh and every gate passes.
    """
    base, here = merge_base([branch]), working_tree()
    texts: list[str] = []

    def section(what: str, read: Callable[[], T], write: Callable[[T], str]) -> T | None:
        try:
            value = read()
        except UserError as error:
            texts.append(f"**No {what}**: {error}")
            return None
        texts.append(write(value))
        return value

    stale = section("check of `dvc.lock`", stale_stages, lock_markdown)
    comparison = section(
        "comparison",
        lambda: compare_models(read_evaluated(base, "tuned"), read_evaluated(here, "tuned")),
        # The parameters have a section of their own, as they need no metrics.
        lambda row: comparison_markdown(row | {"changed_params": []}),
    )
    gates = section("gates", lambda: gates_at(here), gates_markdown)
    section("share of training", lambda: _dataset(here), _train_only_markdown)
    section("case and punctuation", lambda: _written(here), _written_markdown)
    section(
        "parameters",
        lambda: changed_params(read_params(base), read_params(here)),
        _params_markdown,
    )
    section("metrics", lambda: _metrics_diff(base), lambda diff: metrics_markdown(diff, base.name))
    title = _TITLES[comparison["verdict"]] if comparison else "no comparison with"
    print(f"{MARKER}\n### Attune: {title} {base.name}", *filter(None, texts), sep="\n\n")
    return stale == {} and gates is not None and not any(gate.fails for gate in gates)


def _written(here: Source) -> list[str]:
    return written_sentences(read_evaluated(here, "base"), read_evaluated(here, "tuned"))


def _written_markdown(sentences: list[str]) -> str:
    """Empty where case and punctuation were not measured."""
    if not sentences:
        return ""
    return f"From the base model to this tuned one:\n\n{bullets(sentences)}"


def _dataset(here: Source) -> Row:
    """metrics/dataset.json; empty if there is none."""
    return read_object(here, DATASET) if here.read(DATASET) is not None else {}


def _train_only_markdown(dataset: Row) -> str:
    """Empty without recordings for training only."""
    number = dataset.get("train_only_recordings")
    if not number:
        return ""
    return (
        f"{number:,} of {dataset['train']['recordings']:,} training recordings, "
        f"{dataset['train_only_share']:.1%} of the training time, are for training only: never in "
        "validation or test."
    )


def _metrics_diff(base: Source) -> Changes:
    with dvc_repository() as repo:
        changes: Changes = repo.metrics.diff(a_rev=base.commit).get("diff", {})
    return changes


def metrics_markdown(changes: Changes, base: str) -> str:
    """A collapsed table, without the metrics of single recordings that earlier versions had."""
    rows = []
    for path, metrics in sorted(changes.items()):
        for name, change in sorted(metrics.items()):
            if name.startswith(_BY_RECORDING):
                continue
            old, new, difference = (change.get(key) for key in ("old", "new", "diff"))
            shown = "" if difference is None else _shown(difference, "+")
            rows.append((path, name, _shown(old), _shown(new), shown))
    if not rows:
        return f"No metric differs from {base}."
    table = markdown_table(("file", "metric", "before", "after", "change"), rows)
    summary = f"<details><summary>{len(rows)} metrics differ from {base}</summary>"
    return "\n\n".join([summary, table, "</details>"])


def _params_markdown(changed: list[str]) -> str:
    if not changed:
        return "No parameter differs."
    return "Parameters that differ:\n\n" + bullets(f"`{line}`" for line in changed)


def _shown(value: Any, sign: str = "") -> str:
    if isinstance(value, float):
        return f"{value:{sign},.4f}"
    if isinstance(value, int):
        return f"{value:{sign},}"
    return "-" if value is None else str(value)
