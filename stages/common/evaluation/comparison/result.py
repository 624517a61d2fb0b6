"""The comparison of two models as one row of plain values, for JSON, Markdown and the report."""

from __future__ import annotations

from stages.common.core.files import Row
from stages.common.evaluation.comparison.evaluated import Evaluated, changed_params, mismatches
from stages.common.evaluation.comparison.written import METRICS, written_sentences
from stages.common.evaluation.significance.comparison import compare
from stages.common.evaluation.significance.wer_interval import Interval, wer_interval

NOT_COMPARABLE = "not comparable"


def compare_models(first: Evaluated, second: Evaluated) -> Row:
    """Compare `second` with `first`. Rates are shares, not per cent.

    Returns: `verdict` (better, worse, not shown or not comparable), `reasons` why the models are
        not comparable, `models` with each one's WER and its metrics of case and punctuation,
        `changed_params`, and for comparable models the differences with the limits of their 95 %
        confidence intervals, and `written`, sentences on case and punctuation.
    """
    reasons = mismatches(first, second)
    row: Row = {
        "verdict": NOT_COMPARABLE,
        "reasons": reasons,
        "models": [_model(first), _model(second)],
        "changed_params": changed_params(first.params, second.params),
    }
    if reasons:
        return row
    pair = compare(first.counts, second.counts)
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
        "written": written_sentences(first, second),
    }


def probability(value: float) -> str:
    """A percentage that rounding never turns into 0% or 100%."""
    if value > 0.999:
        return "over 99.9%"
    return "under 0.1%" if value < 0.001 else f"{value:.1%}"


def _model(model: Evaluated) -> Row:
    errors = sum(one.errors for one in model.counts)
    words = sum(one.reference_words for one in model.counts)
    return {
        "name": model.name,
        "wer": round(errors / words, 4),
        **_limits("wer", wer_interval(model.counts)),
        **{name: model.metrics.get(name) for name in METRICS},
        "errors": errors,
        "reference_words": words,
        "clips": sum(one.clips for one in model.counts),
        "recordings": len(model.counts),
        "people": model.people,
    }


def _limits(name: str, interval: Interval | None) -> Row:
    low, high = interval or (None, None)
    return {f"{name}_low": _rounded(low), f"{name}_high": _rounded(high)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
