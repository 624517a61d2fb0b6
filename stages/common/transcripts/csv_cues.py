"""Tables (.csv, .tsv) with a header: start, end, speaker and text under their usual names."""

from __future__ import annotations

import csv
import io
import re

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue, one_line
from stages.common.transcripts.timestamps import seconds

_COLUMN_NAMES = {
    "start": {"start", "begin", "from", "start time", "starttime", "begin time", "time in", "in",
              "onset", "start s", "start sec", "start seconds", "time", "timestamp"},
    "end": {"end", "stop", "to", "end time", "endtime", "finish", "time out", "out", "offset",
            "end s", "end sec", "end seconds"},
    "speaker": {"speaker", "role", "name", "who", "speaker name", "speaker label"},
    "text": {"text", "transcript", "transcription", "utterance", "words", "content", "sentence"},
}  # fmt: skip
_DELIMITERS = ",;\t"


def parse(text: str) -> list[Cue]:
    """The cues in file order.

    Raises: RecordingRejected(transcript_unreadable) without a known header.
    """
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
    """Index of the column of each kind; the first one if several match."""
    columns: dict[str, int] = {}
    for number, cell in enumerate(header):
        name = " ".join(re.findall(r"[a-z]+", cell.lower()))
        for column, names in _COLUMN_NAMES.items():
            if name in names:
                columns.setdefault(column, number)
    return columns


def _cue(row: list[str], columns: dict[str, int]) -> Cue:
    def cell(column: str) -> str:
        at = columns.get(column, len(row))
        return row[at] if at < len(row) else ""

    return Cue(
        seconds(cell("start").strip()),
        seconds(cell("end").strip()),
        cell("text"),
        one_line(cell("speaker")),
    )
