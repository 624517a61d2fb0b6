"""Validation WER over training time, and the comparison of several such curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bench.minmax import min_median_max


class Point(NamedTuple):
    seconds: float
    """Training time so far, validation excluded."""
    step: int
    wer: float


Curve = Sequence[Point]
"""In order of time; the first point is the base's, at 0 s."""


def validation_steps(steps: int, points: int) -> set[int]:
    """Up to `points` steps at equal intervals, the last one of `steps` included."""
    return {max(1, round(steps * number / points)) for number in range(1, points + 1)}


def best(curve: Curve) -> Point:
    """The first point with the lowest WER."""
    return min(curve, key=lambda point: point.wer)


def seconds_to(curve: Curve, wer: float) -> float | None:
    """Training time at which the curve first has `wer` or less; None if it never has.

    Linear interpolation between the first point at or below `wer` and the one before it.
    """
    before = curve[0]
    for point in curve:
        if point.wer <= wer:
            fall = before.wer - point.wer
            share = (before.wer - wer) / fall if fall else 1.0
            return before.seconds + share * (point.seconds - before.seconds)
        before = point
    return None


def best_within(curve: Curve, seconds: float) -> float:
    """The lowest WER of the points up to `seconds`."""
    return min(point.wer for point in curve if point.seconds <= seconds)


def row(name: str, point: Point) -> str:
    return f"| {name} | {point.step} | {point.seconds / 60:.2f} | {point.wer:.2%} |"


def tables(
    baseline: str, guide: Curve, ours: Mapping[str, Curve], audio: Mapping[str, float]
) -> list[str]:
    """The lines of two tables: time to the baseline's best WER, and best WER in equal time.

    Args:
        baseline: name of the run `guide`.
        audio: seconds of audio that each run was trained on, all epochs together.
    """
    target = best(guide)
    lines = [
        f"| run | steps | minutes | audio, s/s | best WER | minutes to {target.wer:.2%} | faster |",
        "|---" * 7 + "|",
    ]
    for name, curve in {baseline: guide, **ours}.items():
        last, reached = curve[-1], seconds_to(curve, target.wer)
        cells = "not reached | -"
        if reached is not None:
            ratio = f"{target.seconds / reached:.1f} times" if reached else "-"
            cells = f"{reached / 60:.2f} | {ratio}"
        lines.append(
            f"| {name} | {last.step} | {last.seconds / 60:.2f} | {audio[name] / last.seconds:.1f} "
            f"| {best(curve).wer:.2%} | {cells} |"
        )
    lines += ["", f"| minutes | {baseline}, best WER | ours, minimum / median / maximum |"]
    lines += ["|---" * 3 + "|"]
    end = max(curve[-1].seconds for curve in ours.values())
    for seconds in sorted({end / 2, end, guide[-1].seconds}):
        wers = [best_within(curve, seconds) for curve in ours.values()]
        cells = f"{best_within(guide, seconds):.2%} | {min_median_max(wers, '.2%')}"
        lines.append(f"| {seconds / 60:.2f} | {cells} |")
    return lines
