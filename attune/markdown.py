"""Markdown of a comparison and of its gates, for a terminal and for a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tabulate import tabulate

from stages.common.core.files import Row
from stages.common.core.interval_text import MIN_RECORDINGS, TOO_FEW, interval_text
from stages.common.evaluation.comparison.gates import Gate, gate_rows, gates_summary
from stages.common.evaluation.comparison.result import NOT_COMPARABLE, probability
from stages.common.evaluation.comparison.written import METRICS

_MEANING = {
    "better": "**Better**: the reduction in errors exceeds chance variation between recordings",
    "worse": "**Worse**: the increase in errors exceeds chance variation between recordings",
    "not shown": "**Inconclusive**: chance variation between recordings may explain the difference",
}

_WRITTEN = ("WER with case and punctuation", "F1 of punctuation", "F1 of capitals")


def markdown_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A GitHub Markdown table. Cells are converted with `str`; pipes are escaped."""
    cells = [[str(cell).replace("|", r"\|") for cell in row] for row in (headers, *rows)]
    return tabulate(cells[1:], cells[0], tablefmt="github", disable_numparse=True)


def bullets(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def gates_markdown(gates: Sequence[Gate]) -> str:
    if not gates:
        return "No gates are set (`evaluate.gates`)."
    rows = []
    for gate, (*values, reason) in zip(gates, gate_rows(gates), strict=True):
        result = f"**{gate.result}**" if gate.fails else gate.result
        rows.append((*values, f"{result}: {reason}" if reason else result))
    return (
        f"{markdown_table(('gate', 'base', 'tuned', 'limit', 'result'), rows)}\n\n"
        f"{gates_summary(gates)} (the tuned model of this working tree against its base model)."
    )


def comparison_markdown(row: Row) -> str:
    """row: from `compare_models`."""
    rows = []
    written = any(model["wer_written"] is not None for model in row["models"])
    for model in row["models"]:
        wer, limits = f"{model['wer']:.1%}", interval(model, "wer", ".1%")
        counts = (f"{model[key]:,}" for key in ("errors", "reference_words"))
        rows.append((model["name"], wer, limits, *counts, *(_written(model) if written else ())))
    head = ("model", "WER", "95 % CI", "errors", "reference words", *(_WRITTEN if written else ()))
    parts = [markdown_table(head, rows), _verdict(row)]
    if sentences := row.get("written"):
        parts.append(bullets(sentences))
    if row["changed_params"]:
        parts += ["Parameters that differ:", bullets(f"`{line}`" for line in row["changed_params"])]
    return "\n\n".join(parts)


def _written(model: Row) -> tuple[str, ...]:
    """The cells of `_WRITTEN`; a dash where a model has no value."""
    wer, *shares = (model[name] for name in METRICS)
    cells = ("-" if share is None else f"{share:.2f}" for share in shares)
    return "-" if wer is None else f"{wer:.1%}", *cells


def interval(row: Row, name: str, spec: str) -> str:
    """The limits `name_low` and `name_high` of a row, or why there is none."""
    return interval_text(row[f"{name}_low"], row[f"{name}_high"], spec)


def _verdict(row: Row) -> str:
    if row["verdict"] == NOT_COMPARABLE:
        return f"**Not comparable**: {'; '.join(row['reasons'])}."
    if row["difference_low"] is None:
        return (
            f"**Inconclusive**: {TOO_FEW}, as the variance between recordings is unknown. "
            f"{MIN_RECORDINGS} are the minimum; six or more are advisable."
        )
    recordings, people = (row["models"][1][key] for key in ("recordings", "people"))
    points = {key: 100 * row[key] for key in ("difference", "difference_low", "difference_high")}
    lines = [
        f"WER difference {points['difference']:+.2f} percentage points "
        f"(95 % CI {interval(points, 'difference', '+.2f')})"
    ]
    if row["relative_change_low"] is not None:
        lines.append(
            f"relative change in errors {row['relative_change']:+.1%} (95 % CI "
            f"{interval(row, 'relative_change', '+.1%')}), the basis of the verdict"
        )
    lines.append(
        f"probability of being better {probability(row['better_probability'])}, on {recordings} "
        "recordings"
    )
    if row["verdict"] == "not shown":
        lines.append(_recordings_needed(row))
    elif row["difference_low"] < 0 < row["difference_high"]:
        lines.append(
            "the CI in percentage points includes zero, that of the relative change does not: "
            "WERs differ more between recordings than between the models"
        )
    if people is not None and people < recordings:
        lines.append(
            f"the recordings are from {people} {'person' if people == 1 else 'people'}: the CI "
            "holds for further recordings of the same people, and is too narrow for others"
        )
    return f"{_MEANING[row['verdict']]}\n\n{bullets(lines)}"


def _recordings_needed(row: Row) -> str:
    if row["more_recordings_to_settle"] is None:
        return "recordings needed for 80 % power: unknown, as no difference was observed"
    return (
        f"needed for 80 % power, if the difference is real: {row['more_hours_to_settle']:,} more "
        f"hours of test audio ({row['more_recordings_to_settle']:,} recordings like these)"
    )
