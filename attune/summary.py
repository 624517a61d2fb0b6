"""`attune summary`: one screen of results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attune.locked_params import note
from stages.common.core.errors import UserError
from stages.common.core.files import Row
from stages.common.core.interval_text import TOO_FEW, interval_text
from stages.common.core.rejections import MOST_ERRORS
from stages.common.evaluation.comparison.evaluated import read_object
from stages.common.evaluation.comparison.gates import Gate, gates_at
from stages.common.evaluation.comparison.revisions import working_tree

NAMES = ("segment", "normalize", "dataset", "finetune", "convert", "baseline", "evaluate")


def summary() -> None:
    """Raises: UserError if metrics are missing or from another revision."""
    here = working_tree()
    files = {name: f"metrics/{name}.json" for name in NAMES}
    missing = [name for name, path in files.items() if here.read(path) is None]
    if missing:
        raise UserError(f"no metrics yet for {', '.join(missing)}; run `dvc repro`")
    metrics = {name: read_object(here, path) for name, path in files.items()}
    try:
        screen = lines(metrics, gates_at(here))
    except KeyError as key:
        raise UserError(
            f"no {key} in the metrics: written by another revision of Attune; run `dvc repro`"
        ) from None
    except (TypeError, ValueError):  # a number that is null, or a group of metrics
        raise UserError("a metric is not of the expected kind; run `dvc repro`") from None
    if stale := note():
        print(stale)
    print(*screen, sep="\n")


def lines(metrics: Mapping[str, Row], gates: Sequence[Gate]) -> list[str]:
    """The screen's lines. metrics: name -> content of metrics/<name>.json, for all of `NAMES`."""
    segment, dataset, tuning = (metrics[name] for name in ("segment", "dataset", "finetune"))
    base, tuned, converted = (metrics[name] for name in ("baseline", "evaluate", "convert"))
    return [
        "",
        f"Input       {segment['recordings']:,} recordings, {segment['seconds'] / 60:.1f} min, "
        f"{segment['speech_seconds'] / 60:.1f} min of it speech; {segment['segments']:,} segments",
        f"Dropped     recordings: {_counts(segment['dropped_recordings'])}",
        f"            cues: {_counts(segment['dropped_cues'])}",
        f"            segments: {_counts(dataset['dropped'])}",
        *_transcript_errors(segment),
        _split("train", dataset["train"]),
        *_train_only(dataset),
        *(_split(name, dataset[name]) for name in ("validation", "test")),
        f"Training    {tuning['steps']:,} steps on {tuning['device']} in {tuning['precision']}, "
        f"best at step {tuning['best_step']:,}",
        f"            tuned share of the weights {tuning['average_with_base']:g}, validation WER "
        f"{tuning['validation_wer']:.1%}",
        f"Conversion  {converted['quantization']}, {converted['bytes'] / 1e6:.1f} MB",
        "",
        f"{'Test split':20}{'base':>10}{'tuned':>10}",
        *(f"{name.upper():20}{base[name]:>10.1%}{tuned[name]:>10.1%}" for name in ("wer", "cer")),
        _intervals(base, tuned),
        *(
            f"{name.capitalize():20}{base[name]:>10,}{tuned[name]:>10,}"
            for name in ("substitutions", "deletions", "insertions")
        ),
        *(
            f"{label:20}{_form(base[name], '.1%'):>10}{_form(tuned[name], '.1%'):>10}"
            for label, name in (("Term recall", "terms_recall"), ("Out-of-domain WER", "guard_wer"))
        ),
        *_written(base, tuned),
        f"{'Hallucinated words':20}{base['hallucinated_words']:>10,}"
        f"{tuned['hallucinated_words']:>10,}",
        *_memorization(base, tuned),
        f"{tuned['clips']:,} clips from {tuned['recordings']} recordings, "
        f"{tuned['reference_words']:,} words, both models decoded with faster-whisper",
        f"Full recordings, tuned: WER {tuned['wer_long_form']:.1%}, "
        f"median error of segment ends {_form(tuned['timestamp_error'], '.2f', ' s')}",
        *_memorization_note(tuned),
        f"Gates       {_gates(gates)}",
        "",
        "Model       models/ct2 (a folder that faster-whisper loads)",
        "Report      reports/report.html (no transcripts, safe to share)",
        "Errors      reports/private/errors.html (transcripts and audio: keep it private)",
        "Curves      metrics/finetune_curve.csv, `tensorboard --logdir .state/tensorboard`",
    ]


_WRITTEN = (
    ("WER with case/punct.", "wer_written", ".1%"),
    ("F1 of punctuation", "punctuation_f1", ".2f"),
    ("F1 of capitals", "capitalization_f1", ".2f"),
)


def _written(base: Row, tuned: Row) -> list[str]:
    """Lines on case and punctuation; none if they were not measured, as in older runs."""
    if tuned.get("wer_written") is None:
        return []
    return [
        f"{label:20}{_form(base.get(name), spec):>10}{_form(tuned.get(name), spec):>10}"
        for label, name, spec in _WRITTEN
    ]


def _memorization(base: Row, tuned: Row) -> list[str]:
    """Lines on memorized training clips; none in older runs."""
    if "membership_auc" not in tuned:
        return []
    continued = (_form(row["continued_excess"], "+.1%") for row in (base, tuned))
    known = (tuned["membership_auc_by_base"], tuned["membership_auc"])
    return [
        f"{label:20}" + "".join(f"{value:>10}" for value in values)
        for label, values in (
            ("Cut clips continued*", continued),
            ("Membership AUC*", (_form(value, ".2f") for value in known)),
        )
    ]


def _memorization_note(tuned: Row) -> list[str]:
    if tuned.get("membership_auc_low") is None:
        return []
    low, high = tuned["membership_auc_low"], tuned["membership_auc_high"]
    pairs = tuned["membership_clips"] // 2
    return [
        f"* {pairs} training clips against as many of validation; AUC 95 % CI {low:.2f}-{high:.2f}"
    ]


def _counts(by_reason: Mapping[str, int]) -> str:
    named = (f"{reason.replace('_', ' ')} {count:,}" for reason, count in by_reason.items())
    return ", ".join(named) or "none"


def _transcript_errors(segment: Row) -> list[str]:
    """The estimate; nothing for older runs, and where no transcript was checked."""
    rate = segment.get("transcript_error_rate")
    if rate is None:
        return []
    limits = (segment[f"transcript_error_rate_{limit}"] for limit in ("low", "high"))
    lines = [
        f"Labels      about {rate:.1%} of the transcripts' words wrong or missing "
        f"(95 % CI: {interval_text(*limits)})"
    ]
    if rate > MOST_ERRORS:
        lines.append("            `attune quality` lists the recordings by their error rate")
    return lines


def _split(name: str, counts: Row) -> str:
    return (
        f"{name.capitalize():12}{counts['recordings']:>3} recordings, "
        f"{counts['segments']:>5,} segments, {counts['seconds'] / 60:>6.1f} min"
    )


def _train_only(dataset: Row) -> list[str]:
    """The share of recordings for training only; empty without any."""
    number = dataset.get("train_only_recordings")
    if not number:
        return []
    share = dataset["train_only_share"]
    return [f"            {number:,} of them for training only, {share:.1%} of the time"]


def _gates(gates: Sequence[Gate]) -> str:
    """Failed gates, and those not applied, by name; `attune release-check` prints their values."""
    if not gates:
        return "none are set"
    parts = [f"{gate.name} fails" for gate in gates if gate.fails]
    if not parts and any(gate.holds for gate in gates):
        parts = ["all pass"]
    parts += [f"{gate.name} is not applied" for gate in gates if gate.not_applied]
    return ", ".join(parts)


def _intervals(base: Row, tuned: Row) -> str:
    """The line of the 95 % CIs over recordings; a dash for a model without one."""
    limits = [(metrics["wer_ci_low"], metrics["wer_ci_high"]) for metrics in (base, tuned)]
    # As wide as the columns, so without `to`.
    cells = ["-" if low is None else f"{low:.0%}-{high:.0%}" for low, high in limits]
    label, without = "95 % CI of the WER", cells.count("-")
    if without == len(cells):
        return f"{label:20}  {TOO_FEW}"
    return f"{label:20}{cells[0]:>10}{cells[1]:>10}" + f"  (-: {TOO_FEW})" * without


def _form(value: float | None, spec: str, unit: str = "") -> str:
    return "-" if value is None else f"{value:{spec}}{unit}"
