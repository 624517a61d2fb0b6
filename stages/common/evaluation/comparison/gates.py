"""Gates: how much worse than the base model the tuned one may be, for each of `evaluate.gates`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stages.common.core.errors import UserError
from stages.common.core.files import Row
from stages.common.evaluation.comparison.evaluated import read_object, read_params
from stages.common.evaluation.comparison.revisions import Source

_PREFIX = "evaluate.gates."
_HIGHER_IS_BETTER = ("_recall", "_precision", "_f1")
_ADDITIVE = ("_auc", "_excess")
"""Scales whose zero is not the best value: no share of a value means anything there."""
_OF_WRITTEN_LABELS = ("punctuation_f1", "capitalization_f1")
"""Case and punctuation: labels in another style have none to keep."""
_ABSENT = object()
WRITTEN = "written"
"""The style of labels with case and punctuation."""


@dataclass(frozen=True)
class Gate:
    name: str
    base: float | None
    tuned: float | None
    """None if the model has no value, as a recall without any reference term."""
    limit: float | None
    """The highest value that passes, or with `at_least` the lowest."""
    holds: bool | None
    """None: not applied."""
    not_applied: str = ""
    """Why; empty if the gate is applied."""

    @property
    def fails(self) -> bool:
        return self.holds is False

    @property
    def result(self) -> str:
        """ "pass", "fail" or "not applied"."""
        return {True: "pass", False: "fail", None: "not applied"}[self.holds]

    @property
    def at_least(self) -> bool:
        """Higher is better."""
        return self.name.endswith(_HIGHER_IS_BETTER)

    @property
    def reason(self) -> str:
        """Why the gate fails or is not applied; empty if it passes."""
        if not self.fails:
            return self.not_applied
        without = [name for name in ("base", "tuned") if getattr(self, name) is None]
        if without:
            return f"no value for {' and '.join(without)}"
        return "too low" if self.at_least else "too high"


def gate_rows(gates: Sequence[Gate]) -> list[tuple[str, str, str, str, str]]:
    """Name, base, tuned, limit and reason of each gate as text, for a table."""
    rows = []
    for gate in gates:
        sign = "" if gate.limit is None else "≥ " if gate.at_least else "≤ "
        base, tuned, limit = map(_shown, (gate.base, gate.tuned, gate.limit))
        rows.append((gate.name, base, tuned, sign + limit, gate.reason))
    return rows


def gates_summary(gates: Sequence[Gate]) -> str:
    """The result of at least one gate, in one line."""
    failing, apart = (
        [gate.result for gate in gates].count(result) for result in ("fail", "not applied")
    )
    if failing:
        text = f"{failing} of {len(gates)} gates {'fails' if failing == 1 else 'fail'}"
    else:
        text = "No gate is applied" if apart == len(gates) else "All gates pass"
    if 0 < apart < len(gates) or (apart and failing):
        text += f", {apart} {'is' if apart == 1 else 'are'} not applied"
    return text


def gates_at(source: Source) -> list[Gate]:
    """The gates of params.yaml, checked on the metrics of the same source. Raises: UserError."""
    gates = {
        name.removeprefix(_PREFIX): share
        for name, share in read_params(source).items()
        if name.startswith(_PREFIX)
    }
    wrong = [n for n, share in gates.items() if not isinstance(share, int | float) or share < 0]
    if wrong:
        raise UserError(f"params.yaml: evaluate.gates: {', '.join(wrong)}: not a number >= 0")
    if not gates:
        return []
    base, tuned = (read_object(source, f"metrics/{n}.json") for n in ("baseline", "evaluate"))
    style = WRITTEN
    if any(name in _OF_WRITTEN_LABELS for name in gates):
        style = str(read_object(source, "metrics/normalize.json").get("style"))
    return check_gates(gates, base, tuned, style)


def check_gates(
    gates: Mapping[str, float], base: Row, tuned: Row, style: str = WRITTEN
) -> list[Gate]:
    """Check the tuned model's metrics against the base's, in the order of `gates`.

    A gate passes if tuned <= base * (1 + share), or tuned >= base * (1 - share) where higher is
    better, with the limit rounded to 4 decimals, as metrics are. With a base value of 0 the tuned
    model's must be 0, whatever the share. Metrics that end in `_auc` or `_excess` pass if
    tuned <= base + share.

    The gates of case and punctuation, `punctuation_f1` and `capitalization_f1`, are not applied
    where the labels' style is not `written`, or where the transcripts have none to count.

    Args:
        gates: metric -> share of the base's value, or difference, by which the tuned model's may be
            worse.
        base, tuned: metrics/baseline.json and metrics/evaluate.json. The base's `x` may also be
            the tuned model's `x_by_base`.

    Raises: UserError naming every gate that is not a number in both.
    """
    values = {
        name: (base.get(name, tuned.get(f"{name}_by_base", _ABSENT)), tuned.get(name, _ABSENT))
        for name in gates
    }
    apart = {name: _not_applied(name, style, *pair) for name, pair in values.items()}
    unknown = [
        name
        for name, pair in values.items()
        if not apart[name] and not all(map(_is_measured, pair))
    ]
    if unknown:
        raise UserError(
            f"params.yaml: evaluate.gates: {', '.join(unknown)}: not a number of both models in "
            "metrics/evaluate.json and metrics/baseline.json; correct the name, or run `dvc repro`"
        )
    return [
        _apart(name, apart[name], *values[name])
        if apart[name]
        else _gate(name, share, *values[name])
        for name, share in gates.items()
    ]


def _apart(name: str, reason: str, base: Any, tuned: Any) -> Gate:
    """A gate that is not applied, with its values if there are any."""
    base, tuned = (None if value is _ABSENT else value for value in (base, tuned))
    return Gate(name, base, tuned, None, None, reason)


def _not_applied(name: str, style: str, base: Any, tuned: Any) -> str:
    """Why the gate is not applied; empty if it is."""
    if name not in _OF_WRITTEN_LABELS:
        return ""
    if style != WRITTEN:
        return f"the labels are in {style} style"
    return "the transcripts have no case and punctuation" if base is None and tuned is None else ""


def _gate(name: str, share: float, base: float | None, tuned: float | None) -> Gate:
    if base is None or tuned is None:
        return Gate(name, base, tuned, None, holds=False)
    at_least = name.endswith(_HIGHER_IS_BETTER)
    if name.endswith(_ADDITIVE):
        limit = round(base + share, 4)
    else:
        limit = round(base * (1 - share if at_least else 1 + share), 4)
    return Gate(name, base, tuned, limit, holds=tuned >= limit if at_least else tuned <= limit)


def _is_measured(value: Any) -> bool:
    """None: the metric has no occurrences to count."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _shown(value: float | None) -> str:
    return "\u2013" if value is None else f"{value:,.4f}".rstrip("0").rstrip(".")
