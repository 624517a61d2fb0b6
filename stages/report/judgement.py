"""What a reviewer asks first: is the model better, and is anything else worse by too much."""

from __future__ import annotations

from stages.common.core.files import Row
from stages.common.evaluation.comparison.gates import PREFIX, Gate, broken_of, check
from stages.common.evaluation.comparison.result import NOT_COMPARABLE, result_of
from stages.report.markup import note, paragraph, section, table, text
from stages.report.numbers import Numbers


def verdict(numbers: Numbers) -> str:
    row = result_of(numbers.base, numbers.tuned)
    css = row["verdict"].replace(" ", "-")
    lines = "".join(paragraph(line) for line in caveats(row))
    return (
        f'<section id="verdict" class="verdict {css}"><p><strong>{text(sentence(row))}</strong></p>'
        f"{lines}</section>"
    )


def sentence(row: Row) -> str:
    """row: what `stages.common.compare.result.result_of` knows of the tuned model."""
    if row["verdict"] == NOT_COMPARABLE:
        return f"Not comparable: {'; '.join(row['reasons'])}."
    base, tuned = row["models"]
    rates = f"the tuned model's WER is {tuned['wer']:.1%}, its base's {base['wer']:.1%}"
    if row["difference_low"] is None:
        return (
            f"Not shown: {rates}, but one recording says nothing about the spread between "
            "recordings."
        )
    change = (
        f"{100 * row['difference']:+.1f} points (95 % interval {100 * row['difference_low']:+.1f} "
        f"to {100 * row['difference_high']:+.1f}), better with a probability of "
        f"{_probability(row['better_probability'])}"
    )
    return f"{row['verdict'].capitalize()}: {rates}, {change}; {_to_settle(row)}."


def _probability(value: float) -> str:
    """Rounding makes nothing certain."""
    if value > 0.999:
        return "over 99.9%"
    return "under 0.1%" if value < 0.001 else f"{value:.1%}"


def _to_settle(row: Row) -> str:
    if row["verdict"] != "not shown":
        return "no more test audio is needed to settle it"
    if row["more_hours_to_settle"] is None:
        return "no amount of test audio is known to settle it, as no difference was seen"
    return (
        f"{row['more_hours_to_settle']:,} more hours of test audio would settle it with a chance "
        "of 80 %, if the difference is real"
    )


def caveats(row: Row) -> list[str]:
    """What the verdict rests on."""
    if row["verdict"] == NOT_COMPARABLE:
        return []
    tuned = row["models"][1]
    people = tuned["people"]
    of = f", of {_counted(people, 'person', 'people')} (one without a client counts as one)"
    lines = [
        f"Both models heard the same {_counted(tuned['clips'], 'clip', 'clips')} of "
        f"{_counted(tuned['recordings'], 'recording', 'recordings')}"
        f"{'' if people is None else of}: {tuned['reference_words']:,} words. WER is the share of "
        "words that are wrong, left out or added: lower is better."
    ]
    if people is not None and people < tuned["recordings"]:
        lines.append(
            "Recordings of one person are alike: the interval is about more recordings of these "
            "people, and less sure of anybody else."
        )
    return lines


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def gates(numbers: Numbers) -> str:
    """Empty where params.yaml sets none."""
    found = {
        name.removeprefix(PREFIX): share
        for name, share in numbers.tuned.params.items()
        if name.startswith(PREFIX)
    }
    if not found:
        return ""
    checked = check(found, numbers.base.metrics, numbers.tuned.metrics)
    said = f"{broken_of(checked) or f'All {len(checked)} hold'}."
    rows = [
        (
            text(gate.name),
            _number(gate.base),
            _number(gate.tuned),
            "-" if gate.most is None else f"at {_side(gate)} {_number(gate.most)}",
            '<span class="yes">holds</span>'
            if gate.holds
            else f'<span class="no">does not hold: {text(gate.reason)}</span>',
        )
        for gate in checked
    ]
    return section(
        "gates",
        "Gates",
        paragraph(said),
        table(("Gate", "Base", "Tuned", "Limit", ""), rows),
        note("How much worse than its base the tuned model may be, by evaluate.gates."),
    )


def _side(gate: Gate) -> str:
    return "least" if gate.at_least else "most"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.4f}".rstrip("0").rstrip(".")
