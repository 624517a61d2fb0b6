"""What `templates/report.html.j2` lays out: tables and charts of one run's metrics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from stages.common.core.files import Row
from stages.common.core.interval_text import MIN_RECORDINGS, TOO_FEW
from stages.common.core.rejections import CUE, RECORDING, TRANSCRIPT
from stages.common.evaluation.comparison.evaluated import is_private
from stages.common.evaluation.comparison.gates import gate_rows, gates_summary
from stages.common.evaluation.comparison.result import compare_models
from stages.common.text.error_counts import ErrorCounts
from stages.report.charts import (
    BarChart,
    BarPart,
    DotPlot,
    DotRow,
    LineChart,
    ReliabilityDiagram,
    Series,
)
from stages.report.environment import TEMPLATES, count, render
from stages.report.run_metrics import Rate, RunMetrics

MAX_RECORDINGS = 30
_SLICES = {
    "speaker": "Speaker role",
    "duration": "Clip duration",
    "snr": "Signal-to-noise ratio (SNR)",
    "rate": "Speaking rate",
    "voice": "Voice pitch",
}
_ENTITIES = {
    "terms_recall": "Domain terms: recall",
    "terms_precision": "Domain terms: precision",
    "negations_recall": "Negations: recall",
    "negations_precision": "Negations: precision",
    "numbers_recall": "Numbers: recall",
    "numbers_precision": "Numbers: precision",
    "doses_recall": "Doses: recall",
    "fillers_recall": "Fillers: recall",
    "risk_lost": "Risk words missed",
    "risk_invented": "Risk words inserted, per reference word",
}
_LOWER_IS_BETTER = ("risk_lost", "risk_invented")
_ERROR_TYPES = {"substitutions": "sub", "deletions": "del", "insertions": "ins"}
_DROPS = (
    ("segment", "dropped_recordings", "Recording"),
    ("segment", "dropped_transcripts", "Transcript"),
    ("segment", "dropped_cues", "Cue"),
    ("dataset", "dropped", "Segment"),
)

_SEGMENT = {
    f"client_also_in_{split}": f"of a recording for training only, whose client is in {split}"
    for split in ("test", "validation")
}


class _Unit(NamedTuple):
    """Formats of a value and of its change."""

    value: str
    change: str
    scale: int = 1
    """From the unit of the value to that of its change."""


_RATE = _Unit("{:.1%}", "{:+.1f} pp", 100)
_COUNT = _Unit("{:,}", "{:+,}")
_SECONDS = _Unit("{:.2f} s", "{:+.2f} s")
_FACTOR = _Unit("{:.3f}", "{:+.3f}")
_MEGABYTES = _Unit("{:,.0f} MB", "{:+,.0f} MB")

_F1 = _Unit("{:.2f}", "{:+.2f}")

# Lower is better, except for F1.
_OVERALL = (
    ("wer", "WER", _RATE),
    ("cer", "CER", _RATE),
    ("wer_written", "WER with case and punctuation", _RATE),
    ("wer_whisper", "WER with Whisper's normalizer", _RATE),
    ("punctuation_f1", "F1 of punctuation", _F1),
    ("capitalization_f1", "F1 of capitals", _F1),
    ("guard_wer", "WER on out-of-domain speech", _RATE),
    ("wer_long_form", "WER on full recordings (long form)", _RATE),
    ("timestamp_error", "Segment end time error, median", _SECONDS),
    ("hallucinated_words", "Words hallucinated on non-speech", _COUNT),
    ("looping_clips", "Clips with repetition loops", _COUNT),
    ("memorized", "Memorized training n-grams", _COUNT),
    ("memorized_share", "Memorized share of all n-grams", _RATE),
    ("continued_excess", "Cut clips continued, training less validation", _RATE),
    ("membership_auc", "Membership inference, AUC", _F1),
    ("loss_train", "Loss on training clips, nats per token", _FACTOR),
    ("loss_validation", "Loss on validation clips, nats per token", _FACTOR),
    ("calibration_error", "Expected calibration error (ECE)", _RATE),
    ("real_time_factor", "Real-time factor", _FACTOR),
    ("peak_memory_mb", "Peak memory", _MEGABYTES),
)


def render_report(run: RunMetrics) -> str:
    """The whole page, without a word of a session."""
    overall = list(overall_metrics(run))
    return render(
        TEMPLATES / "report.html.j2",
        run=run,
        comparison=compare_models(run.base, run.tuned),
        too_few=TOO_FEW,
        min_recordings=MIN_RECORDINGS,
        gates=[
            (gate.result, *row) for gate, row in zip(run.gates, gate_rows(run.gates), strict=True)
        ],
        gates_summary=gates_summary(run.gates),
        overall=[row for row in overall if any(row[1:3])],
        not_measured=[name for name, *values in overall if not any(values[:2])],
        slices=slice_plots(run.slices, run.slices_base),
        recordings=recording_plot(run.base.counts, run.tuned.counts),
        entities=entity_plots(run.entities, run.entities_base),
        error_types=error_types(run),
        curves=training_curves(run.curve or ()),
        average_curve=average_curve(run.averages or ()),
        reliability=ReliabilityDiagram(run.calibration or ()),
        dropped=list(dropped(run)),
        params={
            name: "hidden" if is_private(name) else _param(value)
            for name, value in run.tuned.params.items()
        },
    )


def overall_metrics(run: RunMetrics) -> Iterator[tuple[str, str, str, str, Sequence[Rate] | None]]:
    """Name, base, tuned, change, and both models' intervals where the metric has some. Texts are
    empty where a model has no value."""
    base = run.base.metrics | run.speed_base
    tuned = run.tuned.metrics | run.speed
    intervals = [
        Rate(metrics["wer"], metrics.get("wer_ci_low"), metrics.get("wer_ci_high"))
        for metrics in (base, tuned)
    ]
    for key, name, unit in _OVERALL:
        # Some of the base's values are measured when the tuned model is evaluated.
        before: Any = base.get(key, tuned.get(f"{key}_by_base"))
        after: Any = tuned.get(key)
        change = ""
        if before is not None and after is not None:
            change = unit.change.format(unit.scale * (after - before)) if after != before else "0"
        yield (
            name,
            "" if before is None else unit.value.format(before),
            "" if after is None else unit.value.format(after),
            change,
            intervals if key == "wer" else None,
        )


def slice_plots(tuned: Sequence[Row] | None, base: Sequence[Row] | None) -> list[DotPlot]:
    """One for each kind of slice."""
    before = {(row["kind"], row["slice"]): _wer(row) for row in base or ()}
    rows: dict[str, list[DotRow]] = defaultdict(list)
    for row in tuned or ():
        first = before.get((row["kind"], row["slice"]))
        size = _size(row["clips"], row["words"])
        rows[row["kind"]].append(DotRow(row["slice"], size, first, _wer(row)))
    return [DotPlot.of(_SLICES.get(kind, kind), lines) for kind, lines in rows.items()]


def _wer(row: Row) -> Rate:
    return Rate(row["wer"], row["wer_low"], row["wer_high"])


def recording_plot(base: Sequence[ErrorCounts], tuned: Sequence[ErrorCounts]) -> DotPlot:
    """The recordings with the most reference words."""
    before = {one.recording: Rate(one.errors / one.reference_words) for one in base}
    longest = sorted(tuned, key=lambda one: (-one.reference_words, one.recording))[:MAX_RECORDINGS]
    rows = [
        DotRow(
            one.recording,
            _size(one.clips, one.reference_words),
            before.get(one.recording),
            Rate(one.errors / one.reference_words),
        )
        for one in longest
    ]
    return DotPlot.of("", rows)


def _size(clips: int, words: int) -> str:
    return f"{count(clips, 'clip')}, {count(words, 'word')}"


def entity_plots(tuned: Sequence[Row] | None, base: Sequence[Row] | None) -> list[DotPlot]:
    """One of the metrics in which higher is better, one of the others."""
    before = {row["measure"]: row for row in base or ()}
    rows: dict[bool, list[DotRow]] = {False: [], True: []}
    for row in tuned or ():
        key, detail = row["measure"], f"tuned {row['found']:,} of {row['of']:,}"
        first = before.get(key)
        if first is not None:
            detail = f"base {first['found']:,} of {first['of']:,}, {detail}"
        name = _ENTITIES.get(key, key.replace("_", " "))
        rows[key in _LOWER_IS_BETTER].append(DotRow(name, detail, _rate(first), _rate(row)))
    titles = {False: "Higher is better", True: "Lower is better"}
    return [DotPlot.of(titles[lower], lines, 1.0) for lower, lines in rows.items() if lines]


def _rate(row: Row | None) -> Rate | None:
    if row is None or row["value"] is None:
        return None
    return Rate(row["value"], row["low"], row["high"])


def error_types(run: RunMetrics) -> BarChart:
    bars = []
    for model, metrics in (("Base", run.base.metrics), ("Tuned", run.tuned.metrics)):
        parts, start = [], 0.0
        for name, css in _ERROR_TYPES.items():
            share = metrics[name] / metrics["reference_words"]
            parts.append(BarPart(name, css, metrics[name], share, start))
            start += share
        bars.append((model, parts))
    return BarChart(bars)


def training_curves(steps: Sequence[Row]) -> list[LineChart]:
    def points(column: str) -> list[tuple[int, float]]:
        return [(row["step"], row[column]) for row in steps if row[column] is not None]

    loss = [
        Series("training", "first", points("train_loss")),
        Series("validation", "second", points("validation_loss")),
    ]
    wer = [Series("validation WER", "second", points("validation_wer"))]
    charts = [
        LineChart("Loss by training step", [line for line in loss if line.points], ".2f"),
        LineChart("Validation WER by training step", [line for line in wer if line.points], ".0%"),
    ]
    return [chart for chart in charts if chart.series]


def average_curve(averages: Sequence[Row]) -> LineChart:
    """Both WERs by the share of the tuned weights, in percent."""

    def points(column: str) -> list[tuple[int, float]]:
        return [
            (round(100 * row["share"]), row[column]) for row in averages if row[column] is not None
        ]

    series = [
        Series("out-of-domain", "first", points("out_of_domain_wer")),
        Series("validation", "second", points("validation_wer")),
    ]
    title = "WER by percent of the tuned weights"
    return LineChart(title, [line for line in series if line.points], ".0%", "percent")


def dropped(run: RunMetrics) -> Iterator[tuple[str, str, int, str]]:
    """What the data stages dropped: kind, reason, number, remedy."""
    meanings = RECORDING | TRANSCRIPT | CUE | _SEGMENT
    stages = {"segment": run.segment, "dataset": run.dataset}
    for stage, key, kind in _DROPS:
        for reason, number in stages[stage].get(key, {}).items():
            yield kind, reason.replace("_", " "), number, meanings.get(reason, "")


def _param(value: object) -> str:
    """As params.yaml writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if value != "" else "(empty)"
