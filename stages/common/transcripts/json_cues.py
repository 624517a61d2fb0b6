"""JSON (.json) of speech recognizers, with the times of each segment.

- Whisper and faster-whisper: {"segments": [{"start", "end", "text"}]} in seconds, or the bare list
- whisperX: the same with a `speaker`
- whisper.cpp: {"transcription": [{"offsets": {"from", "to"}, "text"}]} in milliseconds

Other keys are ignored.
"""

from __future__ import annotations

import json
import math
from typing import Any

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue, one_line


def parse(text: str) -> list[Cue]:
    """The cues in file order.

    Raises: RecordingRejected(transcript_unreadable) for any other structure.
    """
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
        start, end = (_from_milliseconds(offsets.get(edge)) for edge in ("from", "to"))
    return Cue(
        _seconds(start),
        _seconds(end),
        row["text"],
        one_line(speaker) if isinstance(speaker, str) else "",
    )


def _from_milliseconds(value: Any) -> Any:
    return value / 1000 if isinstance(value, int) and not isinstance(value, bool) else value


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan
