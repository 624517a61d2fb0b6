"""The difference of two models in case and punctuation, as sentences."""

from __future__ import annotations

from stages.common.evaluation.comparison.evaluated import Evaluated
from stages.common.evaluation.comparison.gates import WRITTEN

METRICS = ("wer_written", "punctuation_f1", "capitalization_f1")
"""Of metrics/evaluate.json and metrics/baseline.json, see `written_metrics`; None, or absent in
older runs, if the transcripts have no case and punctuation."""
_PRESENT = {"fell": "fall", "rose": "rise"}
_ALONE = "spelling, case and punctuation alone"


def written_sentences(first: Evaluated, second: Evaluated) -> list[str]:
    """The change from `first` to `second`; empty if it was not measured."""
    sentences = (spelling_sentence(first, second), loss_sentence(first, second))
    return [sentence for sentence in sentences if sentence]


def spelling_sentence(first: Evaluated, second: Evaluated) -> str:
    """Share of the change in `wer_written` that is spelling alone: 1 - change of `wer` / change of
    `wer_written`."""
    rates = [
        rate
        for name in ("wer_written", "wer")
        for rate in (first.metrics.get(name), second.metrics.get(name))
        if rate is not None
    ]
    if len(rates) < 4:
        return ""
    written_before, written_after, before, after = rates
    written, words = round(written_after - written_before, 4), round(after - before, 4)
    if written == 0:
        return f"The WER with case and punctuation is unchanged at {written_after:.1%}."
    verb = "fell" if written < 0 else "rose"
    share = 1 - words / written
    if share >= 1:
        why = f"all of that is {_ALONE}: the WER, which leaves them out, did not {_PRESENT[verb]}"
    elif share <= 0:
        why = f"none of that is {_ALONE}: the WER, which leaves them out, {verb} by as much or more"
    else:
        why = (
            f"{_percent(share)} of that is {_ALONE}: the WER, which leaves them out, {verb} by "
            f"{100 * abs(words):.1f} of the {100 * abs(written):.1f} points"
        )
    return (
        f"The WER with case and punctuation {verb} from {written_before:.1%} to "
        f"{written_after:.1%}; {why}."
    )


def loss_sentence(first: Evaluated, second: Evaluated) -> str:
    """Loss of F1 in `second` if its labels are not in `written` style."""
    if second.style in (None, WRITTEN):
        return ""
    lost = []
    for metric, name in zip(METRICS[1:], ("punctuation", "capitals"), strict=True):
        before, after = (model.metrics.get(metric) for model in (first, second))
        if before is not None and after is not None and after < before:
            lost.append(f"the F1 of {name} fell from {before:.2f} to {after:.2f}")
    if not lost:
        return ""
    text = " and ".join(lost)
    return (
        f"{text[0].upper()}{text[1:]}: the labels are in {second.style} style, and the tuned model "
        "writes like its labels; normalize.style written keeps both."
    )


def _percent(share: float) -> str:
    """That rounding never turns into 0% or 100%."""
    if share > 0.99:
        return "over 99%"
    return "under 1%" if share < 0.01 else f"{share:.0%}"
