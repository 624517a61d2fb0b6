"""How the model learned, what became of it in conversion, and whether its confidence is true."""

from __future__ import annotations

from stages.report.markup import absent, note, paragraph, percent, section, table
from stages.report.numbers import Numbers, Step
from stages.report.plots import Curve, calibration, curves


def learning(numbers: Numbers) -> str:
    tuning, converted = numbers.finetune, numbers.convert
    said = (
        f"{tuning['steps']:,} steps on {tuning['device']} in {tuning['precision']}; the best was "
        f"{tuning['best_step']:,}, with a validation WER of {percent(tuning['validation_wer'])}. "
        f"{tuning['trained_parameters']:,} of {tuning['parameters']:,} parameters were trained. "
        f"Converted to {converted['quantization']} it writes {converted['same_transcripts']:,} of "
        f"{converted['compared_clips']:,} validation clips as it did before."
    )
    curve = numbers.curve
    drawn = absent("metrics/finetune_curve.csv") if curve is None else _curves(curve)
    return section("learning", "Learning", paragraph(said), drawn)


def _curves(found: list[Step]) -> str:
    wer = [(s.step, s.validation_wer) for s in found if s.validation_wer is not None]
    train = [(s.step, s.train_loss) for s in found if s.train_loss is not None]
    loss = [(s.step, s.validation_loss) for s in found if s.validation_loss is not None]
    losses = [
        curve
        for curve in (Curve("training", "b", train), Curve("validation", "t", loss))
        if curve.points
    ]
    return (
        (curves("Loss by step", losses, ".2f") if losses else "")
        + (curves("Validation WER by step", [Curve("tuned", "t", wer)], ".0%") if wer else "")
    )  # fmt: skip


def confidence(numbers: Numbers) -> str:
    found = numbers.calibration
    title = "Is its confidence true?"
    if not found:
        return section("confidence", title, absent("metrics/calibration.csv"))
    rows = [(f"{t.confidence:.1%}", f"{t.words:,}", f"{t.correct:.1%}") for t in found]
    error = numbers.tuned.metrics.get("calibration_error")
    off = "" if error is None else f" On average it is off by {100 * error:.1f} points."
    return section(
        "confidence",
        title,
        paragraph(
            "Words that the tuned model is 80 % sure of should be right in 80 of 100 cases: on the "
            f"dashed line. Below it, the model is too sure.{off}"
        ),
        f'<div class="beside">{calibration(found)}'
        f"{table(('Confidence', 'Words', 'Right'), rows)}</div>",
        note("A dot's area follows the number of words behind it."),
    )
