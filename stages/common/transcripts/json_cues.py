"""JSON (.json) of speech recognizers, with the times of each segment.

- Whisper and faster-whisper: {"segments": [{"start", "end", "text"}]} in seconds, or the bare list
- whisperX: the same with a `speaker`
- whisper.cpp: {"transcription": [{"offsets": {"from", "to"}, "text"}]} in milliseconds
- Transformers: {"chunks": [{"timestamp": [from, to], "text"}]}, with speakers in "speakers"
- JSON Lines: such a segment on each line
- services: see json_services.py

Other keys are ignored.
"""

from __future__ import annotations

import json
from typing import Any

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts import json_services
from stages.common.transcripts.cue import Cue, one_line
from stages.common.transcripts.json_values import from_milliseconds, from_text, speaker_of

_SEGMENTS = ("segments", "transcription", "speakers", "chunks")
"""Keys of the list of segments, the first that is there."""


def parse(text: str) -> list[Cue]:
    """The cues in file order.

    Raises: RecordingRejected(transcript_unreadable) for any other structure.
    """
    data = load(text)
    if isinstance(data, dict):
        cues = json_services.parse(data)
        if cues is not None:
            return cues
        data = next((data[key] for key in _SEGMENTS if isinstance(data.get(key), list)), None)
    if not isinstance(data, list):
        raise RecordingRejected("transcript_unreadable")
    return [_cue(row) for row in data]


def is_json(text: str) -> bool:
    """Whether the text is an object or a list of JSON, or an object on each line."""
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        return isinstance(load(text), dict | list)
    except RecordingRejected:
        return False


def load(text: str) -> Any:
    """The value of JSON, or the list of those of JSON Lines.

    Raises: RecordingRejected(transcript_unreadable).
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise RecordingRejected("transcript_unreadable") from None
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        raise RecordingRejected("transcript_unreadable") from None


def _cue(row: Any) -> Cue:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise RecordingRejected("transcript_unreadable")
    offsets, both = row.get("offsets"), row.get("timestamp")
    start, end = from_text(row.get("start")), from_text(row.get("end"))
    if row.get("start") is None and isinstance(offsets, dict):
        start, end = (from_milliseconds(offsets.get(edge)) for edge in ("from", "to"))
    elif row.get("start") is None and isinstance(both, list) and len(both) == 2:
        start, end = map(from_text, both)
    elif row.get("end") is None:
        end = start + from_text(row.get("duration"))
    speaker = row.get("speaker")
    known = isinstance(speaker, str | int)
    return Cue(start, end, row["text"], one_line(speaker_of(speaker)) if known else "")
