"""Gates: in what `evaluate.gates` names, how much worse than its base the tuned model may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stages.common.core.errors import UserError
from stages.common.core.files import Row
from stages.common.evaluation.comparison.evaluated import read_object, read_params
from stages.common.evaluation.comparison.revisions import Source

PREFIX = "evaluate.gates."
"""Before a gate's name among the parameters by dotted name."""
_HIGHER_IS_BETTER = ("_recall", "_precision")
_ABSENT = object()


@dataclass(frozen=True)
class Gate:
    name: str
    base: float | None
    tuned: float | None
    """None where a model has no value: nothing was there to be counted."""
    most: float | None
    """The limit: what the tuned model may have at most, or where `at_least` at the least."""
    holds: bool

    @property
    def at_least(self) -> bool:
        """Higher is better in this measure."""
        return self.name.endswith(_HIGHER_IS_BETTER)

    @property
    def reason(self) -> str:
        """Why it does not hold; empty where it does."""
        if self.holds:
            return ""
        without = [name for name in ("base", "tuned") if getattr(self, name) is None]
        if without:
            return f"{' and '.join(without)} without a value, so nothing is shown"
        return "too low" if self.at_least else "too high"


def check(gates: Mapping[str, float], base: Row, tuned: Row) -> list[Gate]:
    """Hold the tuned model's metrics against the base's, in the order of `gates`.

    A gate holds if tuned <= base * (1 + share), or tuned >= base * (1 - share) where higher is
    better, both to 4 decimals, as metrics are kept. So where the base has 0 the tuned model may
    have nothing but 0, whatever the share: no share of nothing is something.

    Args: gates: measure -> share by which the tuned model may be worse; base, tuned: what
        metrics/baseline.json and metrics/evaluate.json hold. The base's `x` may also be the tuned
        one's `x_by_base`.
    Raises: UserError naming every gate that is not a number of both.
    """
    values = {
        name: (base.get(name, tuned.get(f"{name}_by_base", _ABSENT)), tuned.get(name, _ABSENT))
        for name in gates
    }
    unknown = [name for name, pair in values.items() if not all(map(_measured, pair))]
    if unknown:
        raise UserError(
            f"params.yaml: evaluate.gates: {', '.join(unknown)}: not a number of both models in "
            "metrics/evaluate.json and metrics/baseline.json; correct the name, or run `dvc repro`"
        )
    return [_gate(name, share, *values[name]) for name, share in gates.items()]


def gates_at(source: Source) -> list[Gate]:
    """The gates of the parameters, on the metrics, that stand in `source`. Raises: UserError."""
    gates = {
        name.removeprefix(PREFIX): share
        for name, share in read_params(source).items()
        if name.startswith(PREFIX)
    }
    wrong = [n for n, share in gates.items() if not isinstance(share, int | float) or share < 0]
    if wrong:
        raise UserError(f"params.yaml: evaluate.gates: {', '.join(wrong)}: not a number from 0 on")
    if not gates:
        return []
    base, tuned = (read_object(source, f"metrics/{n}.json") for n in ("baseline", "evaluate"))
    return check(gates, base, tuned)


def broken_of(gates: Sequence[Gate], name: str = "") -> str:
    """How many do not hold, in words, as "2 of 3 gates do not hold"; empty where all hold.

    name: what they are called, if anything.
    """
    broken = sum(not gate.holds for gate in gates)
    all_of_them = f"{len(gates)} {name}".strip()
    verb = "does" if broken == 1 else "do"
    return f"{broken} of {all_of_them} {verb} not hold" if broken else ""


def gates_markdown(gates: Sequence[Gate]) -> str:
    """A table, and a line that sums it up."""
    if not gates:
        return "No gates are set (`evaluate.gates`)."
    lines = ["| gate | base | tuned | limit | |", "|---|---|---|---|---|"]
    for gate in gates:
        limit = "-" if gate.most is None else f"at {_side(gate)} {_shown(gate.most)}"
        said = "holds" if gate.holds else f"**does not hold**: {gate.reason}"
        lines.append(
            f"| {gate.name} | {_shown(gate.base)} | {_shown(gate.tuned)} | {limit} | {said} |"
        )
    summed = broken_of(gates, "gates") or "All gates hold"
    return "\n".join([*lines, "", f"{summed} (this tree's tuned model against its base)."])


def _gate(name: str, share: float, base: float | None, tuned: float | None) -> Gate:
    if base is None or tuned is None:
        return Gate(name, base, tuned, None, holds=False)
    if name.endswith(_HIGHER_IS_BETTER):
        least = round(base * (1 - share), 4)
        return Gate(name, base, tuned, least, holds=tuned >= least)
    most = round(base * (1 + share), 4)
    return Gate(name, base, tuned, most, holds=tuned <= most)


def _measured(value: Any) -> bool:
    """None is a measure that had nothing to count."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _side(gate: Gate) -> str:
    return "least" if gate.at_least else "most"


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:,.4f}".rstrip("0").rstrip(".")
