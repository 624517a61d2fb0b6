"""The Jinja2 environment that renders every page of the project.

Autoescape is on for all templates, so that a transcript, a name or a parameter is never markup; a
name that a template misspells is an error. Templates lie beside the code that fills them; the base
page and the chart macros in `templates` are shared.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stages.common.evaluation.comparison.result import probability

TEMPLATES = Path(__file__).parent / "templates"


def render(template: Path, **values: Any) -> str:
    """A page as one HTML document. The same values give the same bytes."""
    return _environment(template.parent).get_template(template.name).render(values)


@cache
def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([folder, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters: tuple[Callable[..., str], ...] = (clock, count, csp_hash, fmt, probability)
    environment.filters |= {each.__name__: each for each in filters}
    return environment


def fmt(value: float | None, spec: str) -> str:
    """A number by one of Python's format specifications; an en dash for None."""
    return "\u2013" if value is None else format(value, spec)


def count(number: int, one: str, many: str = "") -> str:
    """The number with its noun: "1 clip", "1,234 clips"."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def clock(seconds: float) -> str:
    """Minutes and seconds: 61.25 is "1:01.2"."""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{minutes:.0f}:{rest:04.1f}"


def csp_hash(script: str) -> str:
    """The source expression that lets a content security policy run this inline script alone."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
