"""One screen: what went in, what was dropped and why, base and tuned WER, where things lie.

`python -m attune.summary` reads metrics and gates alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stages.common.core.errors import UserError, run_stage
from stages.common.core.files import Row
from stages.common.core.metrics import read_metrics
from stages.common.evaluation.comparison.gates import Gate, gates_at
from stages.common.evaluation.comparison.revisions import working_tree

NAMES = ("segment", "normalize", "dataset", "finetune", "convert", "baseline", "evaluate")


def _reasons(counts: dict[str, int]) -> str:
    if not counts:
        return "nothing"
    return ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in counts.items())


def lines(found: dict[str, Row], gates: Sequence[Gate]) -> list[str]:
    """The screen's lines. found: the metrics by name."""
    segment, dataset = found["segment"], found["dataset"]
    base, tuned = found["baseline"], found["evaluate"]
    out = [
        "",
        f"In        {segment['recordings']:,} recordings, {segment['seconds'] / 60:.1f} min, "
        f"{segment['speech_seconds'] / 60:.1f} min of it speech; {segment['segments']:,} segments",
        f"Dropped   recordings: {_reasons(segment['dropped_recordings'])}",
        f"          cues: {_reasons(segment['dropped_cues'])}",
        f"          segments: {_reasons(dataset['dropped'])}",
    ]
    for side in ("train", "validation", "test"):
        out.append(
            f"{side.capitalize():11}{dataset[side]['recordings']:>3} recordings, "
            f"{dataset[side]['segments']:>5,} segments, {dataset[side]['seconds'] / 60:>6.1f} min"
        )
    tuning = found["finetune"]
    out += [
        f"Tuned     {tuning['steps']:,} steps on {tuning['device']} in {tuning['precision']}, "
        f"best at step {tuning['best_step']:,} (validation WER {tuning['validation_wer']:.1%})",
        f"Converted {found['convert']['quantization']}, {found['convert']['bytes'] / 1e6:.1f} MB",
        "",
        f"{'Test split':16}{'base':>10}{'tuned':>10}",
        *(f"{name.upper():16}{base[name]:>10.1%}{tuned[name]:>10.1%}" for name in ("wer", "cer")),
        *(
            f"{name.capitalize():16}{base[name]:>10,}{tuned[name]:>10,}"
            for name in ("substitutions", "deletions", "insertions")
        ),
        f"{'WER lies between':16}{_interval(base):>10}{_interval(tuned):>10}",
        f"{'Terms found':16}{_share(base['terms_recall']):>10}{_share(tuned['terms_recall']):>10}",
        f"{'Words on noise':16}{base['hallucinated_words']:>10,}{tuned['hallucinated_words']:>10,}",
        f"{'WER of guard':16}{_share(base['guard_wer']):>10}{_share(tuned['guard_wer']):>10}",
        f"{tuned['clips']:,} clips of {tuned['recordings']} recordings, "
        f"{tuned['reference_words']:,} words, both models heard through faster-whisper",
        f"Whole recordings, tuned: WER {tuned['wer_long_form']:.1%}, "
        f"ends of segments off by {_seconds(tuned['timestamp_error'])} in the median",
        f"Gates     {_gates(gates)}",
        "",
        "Model     models/ct2 (faster-whisper loads this folder)",
        "Report    reports/report.html (numbers alone, to show around)",
        "Errors    reports/private/errors.html (transcripts and audio: keep it private)",
        "Curves    metrics/finetune_curve.csv, `tensorboard --logdir .state/tensorboard`",
    ]
    return out


def _gates(gates: Sequence[Gate]) -> str:
    """Of `evaluate.gates`; `python -m attune.release_check` tells more."""
    broken = [f"{gate.name} does not hold" for gate in gates if not gate.holds]
    return ", ".join(broken or ["all hold" if gates else "none are set"])


def _interval(metrics: Row) -> str:
    """Of 95 %; with a single recording there is none."""
    low, high = metrics["wer_ci_low"], metrics["wer_ci_high"]
    return "-" if low is None else f"{low:.0%}-{high:.0%}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} s"


def main() -> None:
    found: dict[str, Any] = {}
    missing = []
    for name in NAMES:
        try:
            found[name] = read_metrics(name)
        except FileNotFoundError:
            missing.append(name)
    if missing:
        raise UserError(f"no metrics yet of {', '.join(missing)}: run `dvc repro`")
    print("\n".join(lines(found, gates_at(working_tree()))))


if __name__ == "__main__":
    run_stage("summary", main)
