"""JSON with times: Whisper's {"segments": [{"start", "end", "text"}]}, or the bare list.

`speaker` is read where a segment has it, as whisperX writes it; other keys are not.
"""

from __future__ import annotations

import json
import math
from typing import Any

from stages.common.reasons import Dropped
from stages.common.transcripts.cue import Cue, one_line


def parse(text: str) -> list[Cue]:
    """The cues in file order. Raises: Dropped(transcript_unreadable)."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise Dropped("transcript_unreadable") from None
    rows = data.get("segments") if isinstance(data, dict) else data
    if not isinstance(rows, list):
        raise Dropped("transcript_unreadable")
    return [_cue(row) for row in rows]


def _cue(row: Any) -> Cue:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise Dropped("transcript_unreadable")
    speaker = row.get("speaker")
    return Cue(
        _seconds(row.get("start")),
        _seconds(row.get("end")),
        row["text"],
        one_line(speaker) if isinstance(speaker, str) else "",
    )


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan
