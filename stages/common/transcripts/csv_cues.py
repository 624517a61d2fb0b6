"""CSV with a header: start, end, speaker and text, by the names that people give these columns."""

from __future__ import annotations

import csv
import io
import math
import re

from stages.common.core.reasons import RecordingRejected
from stages.common.transcripts.cue import Cue, one_line

_NAMES = {
    "start": {"start", "begin", "from", "start time", "starttime", "begin time", "time in", "in",
              "onset", "start s", "start sec", "start seconds", "time", "timestamp"},
    "end": {"end", "stop", "to", "end time", "endtime", "finish", "time out", "out", "offset",
            "end s", "end sec", "end seconds"},
    "speaker": {"speaker", "role", "name", "who", "speaker name", "speaker label"},
    "text": {"text", "transcript", "transcription", "utterance", "words", "content", "sentence"},
}  # fmt: skip
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:[.,]\d+)?)$")
_DELIMITERS = ",;\t"


def parse(text: str) -> list[Cue]:
    """The cues in file order. Raises: RecordingRejected(transcript_unreadable) without a known header."""
    for delimiter in _DELIMITERS:
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error:
            continue
        rows = [row for row in rows if any(cell.strip() for cell in row)]
        columns = _columns(rows[0]) if rows else {}
        if {"start", "end", "text"} <= columns.keys():
            return [_cue(row, columns) for row in rows[1:]]
    raise RecordingRejected("transcript_unreadable")


def _columns(header: list[str]) -> dict[str, int]:
    """Which column is the start, the end, the speaker, the text."""
    found: dict[str, int] = {}
    for number, cell in enumerate(header):
        name = " ".join(re.findall(r"[a-z]+", cell.lower()))
        for column, names in _NAMES.items():
            if name in names:
                found.setdefault(column, number)
    return found


def _cue(row: list[str], columns: dict[str, int]) -> Cue:
    def cell(column: str) -> str:
        at = columns.get(column, len(row))
        return row[at] if at < len(row) else ""

    return Cue(
        _seconds(cell("start")), _seconds(cell("end")), cell("text"), one_line(cell("speaker"))
    )


def _seconds(value: str) -> float:
    """`12.5`, `12,5`, `1:02:03.450` in seconds; NaN for anything else."""
    value = value.strip()
    clock = _CLOCK.match(value)
    if clock:
        hours, minutes, rest = clock.groups()
        return int(hours or 0) * 3600 + int(minutes) * 60 + float(rest.replace(",", "."))
    if re.fullmatch(r"\d+(?:[.,]\d+)?s?", value):
        return float(value.rstrip("s").replace(",", "."))
    return math.nan
