"""Values in the JSON of speech services: times in the notation of each."""

from __future__ import annotations

import math
import re
from typing import Any

from stages.common.transcripts.timestamps import seconds

_DURATION = re.compile(r"PT(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d+)?)S)?")


def number(value: Any) -> float:
    """A finite number as it is; NaN for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        return float(value) if math.isfinite(value) else math.nan
    except OverflowError:
        return math.nan


def from_milliseconds(value: Any) -> float:
    return number(value) / 1000


def from_text(value: Any) -> float:
    """Seconds of `1.5`, `"1.5"`, `"1.5s"`, `"0:01.5"`, `{"seconds": 1, "nanos": 5}`, `"PT1.5S"`."""
    if isinstance(value, dict):
        return _plain(value.get("seconds", 0)) + _plain(value.get("nanos", 0)) / 1e9
    if isinstance(value, str) and value.startswith("PT") and (match := _DURATION.fullmatch(value)):
        hours, minutes, rest = (float(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + rest
    return _plain(value)


def _plain(value: Any) -> float:
    return seconds(value.strip()) if isinstance(value, str) else number(value)


def rows(value: Any) -> list[dict[str, Any]]:
    """The objects in a list; nothing for another value."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def first(value: Any) -> dict[str, Any]:
    """The first object in a list, the best hypothesis; empty without one."""
    return next(iter(rows(value)), {})


def words_of(value: Any) -> str:
    return value if isinstance(value, str) else ""


def speaker_of(value: Any) -> str:
    """`Speaker 1` for a number or a letter, a name as it is, "" without one."""
    if isinstance(value, bool) or value is None or value == "":
        return ""
    text = str(value).strip()
    return f"Speaker {text}" if re.fullmatch(r"\d+|[A-Z]", text) else text
