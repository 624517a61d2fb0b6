"""What `templates/report.html.j2` lays out: tables and charts of one run's metrics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from stages.common.core.rejections import CUE, RECORDING, TRANSCRIPT
from stages.common.evaluation.comparison.evaluated import is_private
from stages.common.evaluation.comparison.gates import gate_rows
from stages.common.evaluation.comparison.result import compare_models
from stages.common.text.error_counts import ClipErrors
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
from stages.report.run_metrics import EntityMetric, Rate, RunMetrics, Slice, TrainingStep

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

# Lower is better in each of them.
_OVERALL = (
    ("wer", "WER", _RATE),
    ("cer", "CER", _RATE),
    ("wer_whisper", "WER with Whisper's normalizer", _RATE),
    ("guard_wer", "WER on out-of-domain speech", _RATE),
    ("wer_long_form", "WER on full recordings (long form)", _RATE),
    ("timestamp_error", "Segment end time error, median", _SECONDS),
    ("hallucinated_words", "Words hallucinated on non-speech", _COUNT),
    ("looping_clips", "Clips with repetition loops", _COUNT),
    ("memorized", "Memorized training n-grams", _COUNT),
    ("memorized_share", "Memorized share of all n-grams", _RATE),
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
        gates=gate_rows(run.gates),
        failing_gates=sum(not gate.holds for gate in run.gates),
        overall=[row for row in overall if row.base or row.tuned],
        not_measured=[row.name for row in overall if not (row.base or row.tuned)],
        slices=slice_plots(run.slices, run.slices_base),
        recordings=recording_plot(run.base.clips, run.tuned.clips),
        entities=entity_plots(run.entities, run.entities_base),
        error_types=error_types(run),
        curves=training_curves(run.curve or ()),
        reliability=ReliabilityDiagram(run.calibration or ()),
        dropped=list(dropped(run)),
        params={
            name: "hidden" if is_private(name) else _param(value)
            for name, value in run.tuned.params.items()
        },
    )


@dataclass(frozen=True)
class OverallMetric:
    """A metric of the whole test split. Texts are empty where a model has no value."""

    name: str
    base: str
    tuned: str
    change: str
    intervals: Sequence[Rate] | None
    """Of base and tuned; None where the metric has none."""


def overall_metrics(run: RunMetrics) -> Iterator[OverallMetric]:
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
        yield OverallMetric(
            name,
            "" if before is None else unit.value.format(before),
            "" if after is None else unit.value.format(after),
            change,
            intervals if key == "wer" else None,
        )


def slice_plots(tuned: Sequence[Slice] | None, base: Sequence[Slice] | None) -> list[DotPlot]:
    """One for each kind of slice."""
    before = {(each.kind, each.name): each.wer for each in base or ()}
    rows: dict[str, list[DotRow]] = defaultdict(list)
    for each in tuned or ():
        rows[each.kind].append(
            DotRow(each.name, _size(each.clips, each.words), before.get((each.kind, each.name)),
                   each.wer)
        )  # fmt: skip
    return [DotPlot.of(_SLICES.get(kind, kind), lines) for kind, lines in rows.items()]


def recording_plot(base: Sequence[ClipErrors], tuned: Sequence[ClipErrors]) -> DotPlot:
    """The recordings with the most reference words."""
    before, after = _by_recording(base), _by_recording(tuned)
    longest = sorted(after.values(), key=lambda each: (-each.words, each.name))[:MAX_RECORDINGS]
    rows = [
        DotRow(each.name, _size(each.clips, each.words),
               before[each.name].wer if each.name in before else None, each.wer)
        for each in longest
    ]  # fmt: skip
    return DotPlot.of("", rows)


def _by_recording(clips: Sequence[ClipErrors]) -> dict[str, Slice]:
    grouped: dict[str, list[ClipErrors]] = defaultdict(list)
    for clip in clips:
        grouped[clip.recording].append(clip)
    words = {name: sum(clip.reference_words for clip in those) for name, those in grouped.items()}
    return {
        name: Slice("recording", name, len(those), words[name],
                    Rate(sum(clip.errors for clip in those) / words[name]))
        for name, those in grouped.items()
    }  # fmt: skip


def _size(clips: int, words: int) -> str:
    return f"{count(clips, 'clip')}, {count(words, 'word')}"


def entity_plots(
    tuned: Sequence[EntityMetric] | None, base: Sequence[EntityMetric] | None
) -> list[DotPlot]:
    """One of the metrics in which higher is better, one of the others."""
    before = {each.name: each for each in base or ()}
    rows: dict[bool, list[DotRow]] = {False: [], True: []}
    for each in tuned or ():
        first, detail = before.get(each.name), f"tuned {each.count:,} of {each.of:,}"
        if first is not None:
            detail = f"base {first.count:,} of {first.of:,}, {detail}"
        name = _ENTITIES.get(each.name, each.name.replace("_", " "))
        rows[each.name in _LOWER_IS_BETTER].append(
            DotRow(name, detail, first.rate if first else None, each.rate)
        )
    titles = {False: "Higher is better", True: "Lower is better"}
    return [DotPlot.of(titles[lower], lines, 1.0) for lower, lines in rows.items() if lines]


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


def training_curves(steps: Sequence[TrainingStep]) -> list[LineChart]:
    train = [(each.step, each.train_loss) for each in steps if each.train_loss is not None]
    loss = [(s.step, s.validation_loss) for s in steps if s.validation_loss is not None]
    wer = [(each.step, each.validation_wer) for each in steps if each.validation_wer is not None]
    charts = (
        ("Loss by training step", ".2f", (Series("training", "first", train),
                                          Series("validation", "second", loss))),
        ("Validation WER by training step", ".0%", (Series("validation WER", "second", wer),)),
    )  # fmt: skip
    drawn = [
        LineChart(title, [each for each in series if each.points], spec)
        for title, spec, series in charts
    ]
    return [chart for chart in drawn if chart.series]


@dataclass(frozen=True)
class Dropped:
    kind: str
    reason: str
    count: int
    remedy: str


def dropped(run: RunMetrics) -> Iterator[Dropped]:
    """What the data stages dropped, by reason."""
    meanings = RECORDING | TRANSCRIPT | CUE
    stages = {"segment": run.segment, "dataset": run.dataset}
    for stage, key, kind in _DROPS:
        for reason, number in stages[stage].get(key, {}).items():
            yield Dropped(kind, reason.replace("_", " "), number, meanings.get(reason, ""))


def _param(value: object) -> str:
    """As params.yaml writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if value != "" else "(empty)"
