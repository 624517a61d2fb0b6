"""The metrics of one model at one revision, and whether two of them can be compared."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from stages.common.core.errors import UserError
from stages.common.core.files import Row
from stages.common.core.yaml_files import check_conflict, parse_mapping
from stages.common.evaluation.comparison.revisions import Source
from stages.common.text.error_counts import ErrorCounts, from_csv

Model = Literal["tuned", "base"]
_FILES = {
    "tuned": ("metrics/evaluate.json", "metrics/errors.csv"),
    "base": ("metrics/baseline.json", "metrics/errors_base.csv"),
}
_TEXTS = {
    "test_set", "validation_set", "whisper_normalizer", "quantization", "device", "precision",
    "style",
}  # fmt: skip
_SECTIONS = {
    "train", "validation", "test", "dropped", "dropped_recordings", "dropped_cues", "corpora",
    "empty_windows", "notices",
}  # fmt: skip
"""Metrics that are words, and groups of metrics. All others are numbers."""
_MUST_MATCH = {
    "test_set": "different test sets",
    "normalizer_version": "different versions of the text normalizer",
    "beam_size": "different beam sizes",
    "window_seconds": "different window lengths",
    "hotwords": "different numbers of hotwords",
}
# Names that users chose, and paths on their machines.
_PRIVATE = (
    "data.",
    "base.model",
    "segment.aligner",
    "segment.scheduler",
    "finetune.launch",
    "evaluate.guard",
)


@dataclass(frozen=True)
class Evaluated:
    name: str
    """Shown to the user: model and revision."""
    metrics: Row
    counts: list[ErrorCounts]
    """Of each recording of the test split, in the order of the ids."""
    params: dict[str, Any]
    """Dotted name -> value in params.yaml."""
    people: int | None
    """In the test split, as metrics/dataset.json counts them; None if it does not say."""
    style: str | None = None
    """Of the labels, as metrics/normalize.json has it; None if it does not say."""

    @property
    def hours_a_recording(self) -> float:
        hours: float = self.metrics["seconds"] / self.metrics["recordings"] / 3600
        return hours


def read_evaluated(source: Source, model: Model) -> Evaluated:
    """Raises: UserError if a file is missing or damaged, or if two are from different runs."""
    metrics_path, counts_path = _FILES[model]
    metrics = model_metrics(source, metrics_path)
    counts = from_csv(source.needed(counts_path), f"{source.name}: {counts_path}")
    kinds = ("reference_words", "substitutions", "deletions", "insertions")
    totals = {kind: sum(getattr(one, kind) for one in counts) for kind in kinds}
    if {kind: metrics.get(kind) for kind in kinds} != totals:
        raise UserError(
            f"{source.name}: {counts_path} and {metrics_path} are from different runs: "
            "run `dvc repro` there"
        )
    missing = [key for key in (*_MUST_MATCH, "seconds", "recordings") if key not in metrics]
    if missing:
        raise UserError(f"{source.name}: {metrics_path} has no {', '.join(missing)}")
    name, params = f"{model}, {source.name}", read_params(source)
    return Evaluated(name, metrics, counts, params, _people(source), _style(source))


def model_metrics(source: Source, path: str) -> Row:
    """Raises: UserError if the file is missing or damaged."""
    # Runs before `evaluate.hotwords` had none.
    return {"hotwords": 0} | read_object(source, path)


def read_object(source: Source, path: str) -> Row:
    """A file that holds one JSON object. Raises: UserError."""
    text, name = source.needed(path), f"{source.name}: {path}"
    check_conflict(text, name)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise UserError(
            f"{name} is not a JSON object; restore it with `git checkout`, or run `dvc repro`"
        )
    wrong = sorted(key for key, item in value.items() if not _is_metric(key, item))
    if wrong:
        raise UserError(
            f"{name}: {', '.join(wrong[:5])}: not of the expected kind; run `dvc repro`"
        )
    return value


def _is_metric(key: str, value: object) -> bool:
    """Whether it is of the kind that `write_metrics` writes under this name."""
    if key in _SECTIONS:
        return isinstance(value, dict)
    if key in _TEXTS:
        return value is None or isinstance(value, str)
    return value is None or isinstance(value, int | float | dict)


def mismatches(first: Evaluated, second: Evaluated) -> list[str]:
    """Why two WERs cannot be compared; empty if they can."""
    reasons = [
        f"{what} ({first.metrics[key]} and {second.metrics[key]})"
        for key, what in _MUST_MATCH.items()
        if first.metrics[key] != second.metrics[key]
    ]
    if reason := different_clips(first.counts, second.counts):
        reasons.append(reason)
    return reasons


def different_clips(first: Sequence[ErrorCounts], second: Sequence[ErrorCounts]) -> str:
    """Why the counts of two models cannot be paired; "" if they can.

    Git holds no clip, so equal recordings are those with the same number of clips and of words:
    that their texts are the same, too, is for `test_set` to say.
    """
    ours, theirs = (
        {(one.recording, one.clips, one.reference_words) for one in counts}
        for counts in (first, second)
    )
    if ours == theirs:
        return ""
    return (
        f"different clips ({len(ours & theirs):,} recording(s) agree, {len(ours - theirs):,} and "
        f"{len(theirs - ours):,} do not)"
    )


def changed_params(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """`name: old -> new` for each difference between two of `read_params`; `name: changed` for a
    private one."""
    absent = object()
    lines = []
    for name in sorted(first.keys() | second.keys()):
        old, new = (params.get(name, absent) for params in (first, second))
        if old != new:
            values = " -> ".join("none" if value is absent else str(value) for value in (old, new))
            lines.append(f"{name}: {'changed' if is_private(name) else values}")
    return lines


def is_private(name: str) -> bool:
    """Whether the parameter of this dotted name may hold what only its owner should read."""
    return name.startswith(_PRIVATE)


def read_params(source: Source) -> dict[str, Any]:
    """params.yaml, dotted name -> value. Raises: UserError if it is missing or damaged."""
    value = parse_mapping(source.needed("params.yaml"), f"{source.name}: params.yaml")
    return dict(_flat(value, ""))


def _people(source: Source) -> int | None:
    path = "metrics/dataset.json"
    test = read_object(source, path).get("test") if source.read(path) is not None else None
    number = test.get("people_or_recordings") if isinstance(test, Mapping) else None
    return number if isinstance(number, int) else None


def _style(source: Source) -> str | None:
    path = "metrics/normalize.json"
    style = read_object(source, path).get("style") if source.read(path) is not None else None
    return style if isinstance(style, str) else None


def _flat(value: Mapping[str, Any], prefix: str) -> list[tuple[str, Any]]:
    pairs = []
    for key, item in value.items():
        name = f"{prefix}{key}"
        pairs += _flat(item, f"{name}.") if isinstance(item, Mapping) else [(name, item)]
    return pairs
