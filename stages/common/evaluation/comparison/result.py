"""The comparison as one row of plain values (for `--json`) and as Markdown."""

from __future__ import annotations

from stages.common.core.files import Row
from stages.common.evaluation.comparison.evaluated import Evaluated, changed_params, obstacles
from stages.common.evaluation.significance.comparison import compare
from stages.common.evaluation.significance.wer_interval import Interval, wer_interval

NOT_COMPARABLE = "not comparable"


def result_of(first: Evaluated, second: Evaluated) -> Row:
    """All that is known of `second` against `first`. Rates are shares, not per cent."""
    reasons = obstacles(first, second)
    row: Row = {
        "verdict": NOT_COMPARABLE,
        "reasons": reasons,
        "models": [_model(first), _model(second)],
        "changed_params": changed_params(first.params, second.params),
    }
    if reasons:
        return row
    pair = compare(first.clips, second.clips)
    hours = None
    if pair.additional_recordings is not None:
        hours = round(pair.additional_recordings * second.hours_a_recording, 1)
    return row | {
        "verdict": pair.significance,
        "difference": round(pair.difference, 4),
        **_limits("difference", pair.difference_interval),
        "relative_change": _rounded(pair.relative_change),
        **_limits("relative_change", pair.relative_interval),
        "better_probability": _rounded(pair.better_probability),
        "more_recordings_to_settle": pair.additional_recordings,
        "more_hours_to_settle": hours,
    }


def markdown(row: Row) -> str:
    """What a person reads, or pastes under a pull request."""
    lines = ["| | WER | 95 % interval | errors | words |", "|---|---|---|---|---|"]
    for model in row["models"]:
        limits = _between(model, "wer", "{:.1%}")
        lines.append(
            f"| {model['name']} | {model['wer']:.1%} | {limits} | {model['errors']:,} "
            f"| {model['reference_words']:,} |"
        )
    lines += ["", *_said(row)]
    if row["changed_params"]:
        lines += ["", "Parameters that differ:", ""]
        lines += [f"- `{line}`" for line in row["changed_params"]]
    return "\n".join(lines)


def _said(row: Row) -> list[str]:
    if row["verdict"] == NOT_COMPARABLE:
        return ["**Not comparable**: " + "; ".join(row["reasons"]) + "."]
    recordings = row["models"][0]["recordings"]
    if row["difference_low"] is None:
        return [
            "**Not shown**: one recording says nothing about the spread between recordings. "
            "Two are the least, and six or more are of use."
        ]
    lines = [
        f"**{row['verdict'].capitalize()}** ({_meaning(row)})",
        "",
        f"- WER {100 * row['difference']:+.2f} points, 95 % interval "
        f"{100 * row['difference_low']:+.2f} to {100 * row['difference_high']:+.2f}",
    ]
    if row["relative_change_low"] is not None:
        lines.append(
            f"- {row['relative_change']:+.1%} of the errors, 95 % interval "
            f"{_between(row, 'relative_change', '{:+.1%}')}; the verdict is taken on this"
        )
    lines.append(
        f"- probability of being better {row['better_probability']:.1%}, on {recordings} recordings"
    )
    straddles = row["difference_low"] < 0 < row["difference_high"]
    if straddles and row["verdict"] != "not shown":
        lines.append(
            "- the interval in points holds zero and that of the share does not: "
            "the recordings differ more in their WER than in what is gained"
        )
    if row["verdict"] == "not shown":
        lines.append(f"- {_to_settle(row)}")
    people = row["models"][1]["people"]
    if people is not None and people < recordings:
        lines.append(
            f"- the recordings are of {people} {'person' if people == 1 else 'people'}: all this "
            "is about more recordings of them, and less sure of anybody else"
        )
    return lines


def _meaning(row: Row) -> str:
    return {
        "better": "fewer errors than chance between recordings explains",
        "worse": "more errors than chance between recordings explains",
        "not shown": "what differs may be chance between recordings",
    }[row["verdict"]]


def _to_settle(row: Row) -> str:
    if row["more_recordings_to_settle"] is None:
        return "no amount of audio is known to settle it: no difference was seen"
    return (
        f"{row['more_hours_to_settle']:,} more hours of test audio "
        f"({row['more_recordings_to_settle']:,} recordings like these) would show such a "
        "difference with a chance of 80 %, if it is real"
    )


def _model(side: Evaluated) -> Row:
    errors = sum(clip.errors for clip in side.clips)
    words = sum(clip.reference_words for clip in side.clips)
    return {
        "name": side.name,
        "wer": round(errors / words, 4),
        **_limits("wer", wer_interval(side.clips)),
        "errors": errors,
        "reference_words": words,
        "clips": len(side.clips),
        "recordings": len({clip.recording for clip in side.clips}),
        "people": side.people,
    }


def _limits(name: str, interval: Interval | None) -> Row:
    low, high = interval or (None, None)
    return {f"{name}_low": _rounded(low), f"{name}_high": _rounded(high)}


def _between(row: Row, name: str, form: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return "none" if low is None else f"{form.format(low)} to {form.format(high)}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
