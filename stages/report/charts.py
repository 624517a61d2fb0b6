"""Rows of a chart, drawn inline: shares with their intervals, and bars in parts.

Positions are in per cent of the drawing's width, so that it is as wide as its place without its
text or its marks becoming wider. The base is a hollow square, the tuned model a filled dot: nothing
is told by colour alone, and each row has its numbers as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stages.report.markup import limits, percent, text
from stages.report.numbers import Share
from stages.report.scale import at, reach, ticks

KEY = '<p class="legend"><span class="mark b"></span>base <span class="mark t"></span>tuned</p>'
_LANES = {"b": 8, "t": 20}
_HEIGHT = 28


@dataclass(frozen=True)
class Line:
    name: str
    counts: str
    """Of what the shares are."""
    base: Share | None
    tuned: Share | None


@dataclass(frozen=True)
class Part:
    """Of a bar."""

    css: str
    name: str
    count: int
    share: float


def dots(title: str, lines: Sequence[Line], end: float | None = None) -> str:
    """A row a line. end: of the axis; by default where the shares and intervals end."""
    shares = [share for line in lines for share in (line.base, line.tuned) if share is not None]
    highs = [share.high for share in shares if share.high is not None]
    scale = ticks(end or reach((share.value for share in shares), highs))
    body = "".join(_row(line, scale) for line in lines)
    return _figure(title, body, scale)


def bars(title: str, rows: Sequence[tuple[str, Sequence[Part]]]) -> str:
    """A bar a row, its parts one after the other."""
    scale = ticks(max(sum(part.share for part in parts) for _, parts in rows))
    return _figure(title, "".join(_bar(name, parts, scale) for name, parts in rows), scale)


def _figure(title: str, body: str, scale: Sequence[float]) -> str:
    head = f"<figcaption>{text(title)}</figcaption>" if title else ""
    return f"<figure>{head}{body}{_axis(scale)}</figure>"


def _row(line: Line, scale: Sequence[float]) -> str:
    both = (("b", "base", line.base), ("t", "tuned", line.tuned))
    models = [(css, name, share) for css, name, share in both if share is not None]
    marks = "".join(_mark(share, css, scale[-1]) for css, _, share in models)
    said = [f"{name} {percent(share.value)}" + _within(share) for _, name, share in models]
    told = "".join(
        f'<span class="{css}"><span class="mark {css}"></span>{percent(share.value)} '
        f"<small>{limits(share.low, share.high)}</small></span>"
        for css, _, share in models
    )
    label = text(f"{line.name}: {'; '.join(said) or 'nothing to count'}")
    return (
        f'<div class="line"><span class="name">{text(line.name)} <small>{text(line.counts)}</small>'
        f'</span><svg height="{_HEIGHT}" role="img" aria-label="{label}">{_grid(scale)}{marks}'
        f'</svg><span class="told">{told}</span></div>'
    )


def _within(share: Share) -> str:
    found = limits(share.low, share.high)
    return f" ({found})" if found else ""


def _mark(share: Share, css: str, end: float) -> str:
    y, drawn = _LANES[css], ""
    if share.low is not None and share.high is not None:
        drawn = (
            f'<line class="{css}" x1="{at(share.low, end)}" x2="{at(share.high, end)}" '
            f'y1="{y}" y2="{y}"/>{_cap(share.low, css, y, end)}'
        )
        # One that goes on beyond the axis has no end to show.
        drawn += _cap(share.high, css, y, end) if share.high <= end else ""
    x = at(share.value, end)
    if css == "b":
        return drawn + (
            f'<rect class="b" x="{x}" y="{y - 4}" width="8" height="8" transform="translate(-4)"/>'
        )
    return drawn + f'<circle class="t" cx="{x}" cy="{y}" r="5"/>'


def _cap(value: float, css: str, y: int, end: float) -> str:
    x = at(value, end)
    return f'<line class="{css}" x1="{x}" x2="{x}" y1="{y - 3}" y2="{y + 3}"/>'


def _bar(name: str, parts: Sequence[Part], scale: Sequence[float]) -> str:
    drawn, told, start = "", "", 0.0
    for part in parts:
        drawn += (
            f'<rect class="{part.css}" x="{at(start, scale[-1])}" y="5" '
            f'width="{at(part.share, scale[-1])}" height="18"/>'
        )
        start += part.share
        told += f'<span><span class="key {part.css}"></span>{part.count:,} {text(part.name)}</span>'
    label = ", ".join(f"{part.count:,} {part.name} ({part.share:.1%})" for part in parts)
    return (
        f'<div class="line"><span class="name">{text(name)} <small>{start:.1%}</small></span>'
        f'<svg height="{_HEIGHT}" role="img" aria-label="{text(f"{name}: {label}")}">'
        f'{_grid(scale)}{drawn}</svg><span class="told parts">{told}</span></div>'
    )


def _grid(scale: Sequence[float]) -> str:
    return "".join(
        f'<line class="grid" x1="{at(tick, scale[-1])}" x2="{at(tick, scale[-1])}" '
        f'y1="0" y2="{_HEIGHT}"/>'
        for tick in scale
    )


def _axis(scale: Sequence[float]) -> str:
    """The ticks' values, whole per cent where they are."""
    digits = 0 if all(round(100 * tick, 6) % 1 == 0 for tick in scale) else 1
    written = "".join(
        f'<text x="{at(tick, scale[-1])}" y="13" text-anchor="middle">{tick:.{digits}%}</text>'
        for tick in scale
    )
    return (
        '<div class="line axis"><span></span>'
        f'<svg height="18" aria-hidden="true">{written}</svg><span></span></div>'
    )
