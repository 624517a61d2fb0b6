"""What one revision's metrics say of a model, and whether two of them can be compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from stages.common.core.errors import UserError
from stages.common.core.files import Row
from stages.common.evaluation.comparison.revisions import Source
from stages.common.text.error_counts import ClipErrors, from_csv

Model = Literal["tuned", "base"]
_FILES = {
    "tuned": ("metrics/evaluate.json", "metrics/errors.csv"),
    "base": ("metrics/baseline.json", "metrics/errors_base.csv"),
}
_SAME = {
    "test_set": "another test set",
    "normalizer_version": "another version of the normalizer counted the words",
    "beam_size": "another beam size",
    "window_seconds": "windows of another length",
}
# Names that people chose, and places on their machines.
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
    metrics: Row
    clips: list[ClipErrors]
    params: dict[str, Any]
    """Of params.yaml, by dotted name."""
    people: int | None
    """In the test split, as metrics/dataset.json counts them; None where it does not say."""

    @property
    def hours_a_recording(self) -> float:
        hours: float = self.metrics["seconds"] / self.metrics["recordings"] / 3600
        return hours


def read_evaluated(source: Source, model: Model) -> Evaluated:
    """Raises: UserError where a file is missing or damaged, or two of them are of different runs."""
    metrics_path, counts_path = _FILES[model]
    metrics = read_object(source, metrics_path)
    clips = from_csv(source.needed(counts_path), f"{source.name}: {counts_path}")
    kinds = ("reference_words", "substitutions", "deletions", "insertions")
    counted = {kind: sum(getattr(clip, kind) for clip in clips) for kind in kinds}
    if {kind: metrics.get(kind) for kind in kinds} != counted:
        raise UserError(
            f"{source.name}: {counts_path} and {metrics_path} are of different runs: "
            "run `dvc repro` there"
        )
    missing = [key for key in (*_SAME, "seconds", "recordings") if key not in metrics]
    if missing:
        raise UserError(f"{source.name}: {metrics_path} has no {', '.join(missing)}")
    name, params = f"{model}, {source.name}", read_params(source)
    return Evaluated(name, metrics, clips, params, _people(source))


def read_object(source: Source, path: str) -> Row:
    """A file that holds one JSON object. Raises: UserError."""
    try:
        value = json.loads(source.needed(path))
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise UserError(f"{source.name}: {path} is not a JSON object")
    return value


def obstacles(first: Evaluated, second: Evaluated) -> list[str]:
    """Why the two WERs say nothing about each other; empty where they do."""
    found = [
        f"{what} ({first.metrics[key]} and {second.metrics[key]})"
        for key, what in _SAME.items()
        if first.metrics[key] != second.metrics[key]
    ]
    one, two = (
        {(clip.clip, clip.recording, clip.reference_words) for clip in side.clips}
        for side in (first, second)
    )
    if one != two:
        found.append(
            f"other clips ({len(one & two):,} in common, "
            f"{len(one - two):,} and {len(two - one):,} in one alone)"
        )
    return found


def changed_params(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """`name: old -> new` where two of `read_params` differ; of paths only that they do."""
    missing = object()
    lines = []
    for name in sorted(first.keys() | second.keys()):
        old, new = (side.get(name, missing) for side in (first, second))
        if old == new:
            continue
        shown = ["none" if value is missing else str(value) for value in (old, new)]
        said = "changed" if is_private(name) else f"{shown[0]} -> {shown[1]}"
        lines.append(f"{name}: {said}")
    return lines


def is_private(name: str) -> bool:
    """Whether the parameter of this dotted name may hold what only its owner should read."""
    return name.startswith(_PRIVATE)


def read_params(source: Source) -> dict[str, Any]:
    """The parameters by dotted name. Raises: UserError where there are none."""
    try:
        value = yaml.safe_load(source.needed("params.yaml"))
    except yaml.YAMLError:
        raise UserError(f"{source.name}: params.yaml is not YAML") from None
    return dict(_flat(value, "")) if isinstance(value, Mapping) else {}


def _people(source: Source) -> int | None:
    path = "metrics/dataset.json"
    test = read_object(source, path).get("test") if source.read(path) is not None else None
    number = test.get("people_or_recordings") if isinstance(test, Mapping) else None
    return number if isinstance(number, int) else None


def _flat(value: Mapping[str, Any], before: str) -> list[tuple[str, Any]]:
    found = []
    for key, item in value.items():
        name = f"{before}{key}"
        found += _flat(item, f"{name}.") if isinstance(item, Mapping) else [(name, item)]
    return found
