"""Values in the JSON of recognizers: times in each service's way of writing them."""

from __future__ import annotations

import math
import re
from typing import Any

_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")


def number(value: Any) -> float:
    """A number as it is; NaN for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan


def from_milliseconds(value: Any) -> float:
    return number(value) / 1000


def from_text(value: Any) -> float:
    """Seconds of `1.5`, `"1.5"`, `"1.5s"`, `{"seconds": 1, "nanos": 5}` or `"PT1.5S"`."""
    if isinstance(value, dict):
        seconds, nanos = (number_or_text(value.get(key, 0)) for key in ("seconds", "nanos"))
        return seconds + nanos / 1e9
    if isinstance(value, str) and value.startswith("PT") and (match := _DURATION.fullmatch(value)):
        hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + seconds
    return number_or_text(value)


def number_or_text(value: Any) -> float:
    if isinstance(value, str):
        try:
            return float(value.removesuffix("s"))
        except ValueError:
            return math.nan
    return number(value)


def rows(value: Any) -> list[dict[str, Any]]:
    """The objects in a list; nothing for another value."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def first(value: Any) -> dict[str, Any]:
    """The first object in a list: a recognizer's best hypothesis; empty without one."""
    return next(iter(rows(value)), {})


def words_of(value: Any) -> str:
    return value if isinstance(value, str) else ""


def speaker_of(value: Any) -> str:
    """`Speaker 1` for a number or a letter, a name as it is, "" without one."""
    if isinstance(value, bool) or value is None or value == "":
        return ""
    text = str(value).strip()
    return f"Speaker {text}" if re.fullmatch(r"\d+|[A-Z]", text) else text
