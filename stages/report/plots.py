"""Drawings with two axes: curves over the steps of training, and confidence against truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stages.report.markup import text
from stages.report.numbers import Tenth
from stages.report.scale import at, ticks

_HEIGHT = 180
_VALUES = 44
"""Pixels for the values beside curves."""
_SIDE, _LEFT, _BOTTOM = 260, 62, 36
"""Pixels: the square in which confidence is drawn, and the room beside and below it."""
_LEAST, _MORE = 3, 9
"""Radius of a dot that stands for hardly any words, and what all words would add."""


@dataclass(frozen=True)
class Curve:
    name: str
    css: str
    points: Sequence[tuple[int, float]]
    """Step and value, in order."""


def curves(title: str, drawn: Sequence[Curve], form: str) -> str:
    """Over the same steps. form: of the values on the axis, as `:.0%`."""
    up = ticks(max(value for curve in drawn for _, value in curve.points))
    # From five on the ticks are whole, as steps are.
    along = ticks(max(5, *(step for curve in drawn for step, _ in curve.points)))
    values = "".join(
        f'<text x="{_VALUES - 6}" y="{_down(tick, up[-1]) + 4:.1f}" text-anchor="end">'
        f"{tick:{form}}</text>"
        for tick in up
    )
    steps = "".join(
        f'<text x="{at(tick, along[-1])}" y="{_HEIGHT + 18}" text-anchor="middle">{tick:,.0f}'
        "</text>"
        for tick in along
    )
    lines = "".join(
        f'<line class="grid" x1="0" x2="100%" y1="{_down(tick, up[-1]):.1f}" '
        f'y2="{_down(tick, up[-1]):.1f}"/>'
        for tick in up
    )
    said = "; ".join(
        f"{curve.name} from {curve.points[0][1]:{form}} to {curve.points[-1][1]:{form}} "
        f"at step {curve.points[-1][0]:,}"
        for curve in drawn
    )
    legend = (
        ""
        if len(drawn) == 1
        else " ".join(
            f'<span class="mark {curve.css}"></span>{text(curve.name)}' for curve in drawn
        )
    )
    paths = "".join(_path(curve, along[-1], up[-1]) for curve in drawn)
    return (
        f'<figure><figcaption>{text(title)} <span class="legend">{legend}</span></figcaption>'
        f'<div class="plot"><svg width="{_VALUES}" height="{_HEIGHT + 24}" aria-hidden="true">'
        f'{values}</svg><svg height="{_HEIGHT + 24}" role="img" '
        f'aria-label="{text(f"{title}: {said}")}">{lines}{steps}{paths}</svg></div></figure>'
    )


def _down(value: float, end: float) -> float:
    """Pixels from the top; 6 of them are left free for half a number and half a dot."""
    return 6 + (_HEIGHT - 12) * (1 - value / end)


def _path(curve: Curve, last: float, end: float) -> str:
    """The line is stretched to the width, without its thickness; the dots are not stretched."""
    line = " ".join(f"{100 * step / last:.2f},{_down(value, end):.1f}"
                    for step, value in curve.points)  # fmt: skip
    marks = "".join(
        f'<rect class="b" x="{at(step, last)}" y="{_down(value, end) - 4:.1f}" width="8" '
        'height="8" transform="translate(-4)"/>'
        if curve.css == "b"
        else f'<circle class="t" cx="{at(step, last)}" cy="{_down(value, end):.1f}" r="4"/>'
        for step, value in curve.points
    )
    return (
        f'<svg width="100%" height="{_HEIGHT}" viewBox="0 0 100 {_HEIGHT}" '
        f'preserveAspectRatio="none"><polyline class="{curve.css}" points="{line}"/></svg>{marks}'
    )


def calibration(tenths: Sequence[Tenth]) -> str:
    """How sure the model was against how often it was right; a dot's area follows its words."""
    words = sum(tenth.words for tenth in tenths)
    dots = "".join(
        f'<circle class="t" cx="{_x(t.confidence):.1f}" cy="{_y(t.correct):.1f}" '
        f'r="{_LEAST + _MORE * (t.words / words) ** 0.5:.1f}"><title>{t.words:,} words, '
        f"confidence {t.confidence:.0%}, right {t.correct:.0%}</title></circle>"
        for t in tenths
    )
    line = " ".join(f"{_x(t.confidence):.1f},{_y(t.correct):.1f}" for t in tenths)
    grid = "".join(
        f'<line class="grid" x1="{_x(v)}" x2="{_x(v)}" y1="{_y(0)}" y2="{_y(1)}"/>'
        f'<line class="grid" x1="{_x(0)}" x2="{_x(1)}" y1="{_y(v)}" y2="{_y(v)}"/>'
        f'<text x="{_x(v)}" y="{_y(0) + 16}" text-anchor="middle">{v:.0%}</text>'
        f'<text x="{_LEFT - 6}" y="{_y(v) + 4}" text-anchor="end">{v:.0%}</text>'
        for v in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    said = "; ".join(f"{t.confidence:.0%} sure, {t.correct:.0%} right" for t in tenths)
    width, height = _LEFT + _SIDE + 16, 10 + _SIDE + _BOTTOM
    return (
        f'<svg class="square" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img"><title>Confidence against words that are right</title>'
        f"<desc>{said}</desc>{grid}"
        f'<line class="ideal" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
        f'<polyline class="t" points="{line}"/>{dots}'
        f'<text x="{_x(0.5)}" y="{height - 4}" text-anchor="middle">confidence of a word</text>'
        f'<text transform="translate(12 {_y(0.5):.0f}) rotate(-90)" text-anchor="middle">'
        "words that are right</text>"
        "</svg>"
    )


def _x(share: float) -> float:
    return _LEFT + _SIDE * share


def _y(share: float) -> float:
    return 10 + _SIDE * (1 - share)
