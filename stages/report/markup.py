"""Small pieces of HTML that all sections use."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

text = html.escape


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table that scrolls inside its box. Cells are HTML: whoever fills them escapes them."""
    top = "".join(f'<th scope="col">{cell}' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{first}' + "".join(f"<td>{cell}" for cell in rest)
        for first, *rest in rows
    )
    return f'<div class="wide" tabindex="0"><table><thead><tr>{top}<tbody>{body}</table></div>'


def section(name: str, title: str, *parts: str) -> str:
    """name: what a link to it says behind the #."""
    return f'<section id="{name}"><h2>{text(title)}</h2>{"".join(parts)}</section>'


def paragraph(said: str) -> str:
    return f"<p>{text(said)}</p>"


def note(said: str) -> str:
    """In the place of what is not there."""
    return f'<p class="note">{text(said)}</p>'


def absent(path: str) -> str:
    return note(f"Not shown: this run has no {path}.")


def percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def limits(low: float | None, high: float | None) -> str:
    """An interval in words; empty where there is none."""
    return "" if low is None or high is None else f"{low:.1%} to {high:.1%}"
