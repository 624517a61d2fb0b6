"""JSON with times: Whisper's {"segments": [{"start", "end", "text"}]}, or the bare list.

whisper.cpp's {"transcription": [{"offsets": {"from", "to"}, "text"}]}, in milliseconds, too.
`speaker` is read where a segment has it, as whisperX writes it; other keys are not.
"""

from __future__ import annotations

import json
import math
from typing import Any

from stages.common.core.reasons import RecordingRejected
from stages.common.transcripts.cue import Cue, one_line


def parse(text: str) -> list[Cue]:
    """The cues in file order. Raises: RecordingRejected(transcript_unreadable)."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise RecordingRejected("transcript_unreadable") from None
    rows = data
    if isinstance(data, dict):
        rows = data.get("segments", data.get("transcription"))
    if not isinstance(rows, list):
        raise RecordingRejected("transcript_unreadable")
    return [_cue(row) for row in rows]


def _cue(row: Any) -> Cue:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise RecordingRejected("transcript_unreadable")
    speaker, offsets = row.get("speaker"), row.get("offsets")
    start, end = row.get("start"), row.get("end")
    if start is None and isinstance(offsets, dict):
        start, end = (_milliseconds(offsets.get(side)) for side in ("from", "to"))
    return Cue(
        _seconds(start),
        _seconds(end),
        row["text"],
        one_line(speaker) if isinstance(speaker, str) else "",
    )


def _milliseconds(value: Any) -> Any:
    return value / 1000 if isinstance(value, int) and not isinstance(value, bool) else value


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan
