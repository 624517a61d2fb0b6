"""Tables (.csv, .tsv, Word's and Markdown's): start, end, speaker and text under common names.

DAIC-WOZ's `start_time stop_time speaker value` and Audacity's labels without a header are tables
too. Without times the rows are turns.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Literal

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue, one_line
from stages.common.transcripts.timestamps import seconds

_COLUMN_NAMES = {
    "start": {"start", "begin", "from", "start time", "starttime", "begin time", "time in", "in",
              "onset", "start s", "start sec", "start seconds", "time", "timestamp", "timecode",
              "in time", "start timecode", "time start", "tc in", "beginning", "start timestamp",
              "anfang", "beginn", "startzeit", "début", "inicio", "comienzo", "starttijd"},
    "end": {"end", "stop", "to", "end time", "endtime", "finish", "time out", "out", "offset",
            "end s", "end sec", "end seconds", "stop time", "stoptime", "finish time", "time end",
            "out time", "end timecode", "time stop", "tc out", "end timestamp", "ende",
            "endzeit", "fin", "final", "einde", "eindtijd"},
    "span": {"timespan", "time span", "time range", "start end", "zeitspanne", "intervalo"},
    "speaker": {"speaker", "role", "name", "who", "speaker name", "speaker label", "participant",
                "speaker id", "person", "turn by", "interlocutor", "sprecher", "sprecherin",
                "locuteur", "hablante", "orador", "spreker"},
    "text": {"text", "transcript", "transcription", "utterance", "words", "content", "sentence",
             "value", "speech", "dialogue", "dialog", "said", "utterances", "turn text", "texte",
             "texto", "tekst", "transkript", "inhalt"},
}  # fmt: skip
_DELIMITERS = ",;\t|"
_MILLISECONDS = 100.0
"""Median cue length from which whole numbers are milliseconds, as in Whisper's .tsv."""
_ABOVE_HEADER = re.compile(r"(?:\s*(?:sep=.|#.*)?\n)+", re.IGNORECASE)
"""What spreadsheets and programs write above the header."""
_SPAN = re.compile(r"\s*([\d:.,]+)\s*(?:-{1,2}>?|\u2013|to)\s*([\d:.,]+)\s*")
_MARKDOWN_RULE = re.compile(r"\|?(?:\s*+:?-{2,}+:?\s*+\|?)++")

Rows = list[list[str]]


def parse(text: str) -> tuple[list[Cue], bool]:
    """(cues in file order, whether they have times).

    Raises: RecordingRejected(transcript_unreadable) without a known header.
    """
    text = _below_remarks(text)
    for delimiter in _DELIMITERS:
        rows = _rows(text, delimiter)
        columns = _columns(rows[0]) if rows else {}
        if _is_timed(columns):
            rows = _repaired(rows, text, delimiter, columns)
            return _in_seconds([_cue(row, columns, len(rows[0])) for row in rows[1:]]), True
        if "text" in columns and ("speaker" in columns or "start" in columns):
            return [_turn(row, columns, len(rows[0])) for row in rows[1:]], False
    if is_labels(text):
        return _labels(text), True
    raise RecordingRejected("transcript_unreadable")


def is_table(text: str) -> bool:
    """Whether the text begins with a known header above rows of its width, or is Audacity's."""
    text = _below_remarks(text)
    first = next((line for line in text.splitlines() if line.strip()), "")
    for delimiter in _DELIMITERS:
        header = next(iter(_rows(first, delimiter)), [])
        columns = _columns(header) if len(header) > 1 else {}
        timed = _is_timed(columns)
        # "Text, speaker and name" may begin a sentence.
        if timed or ({"speaker", "text"} <= columns.keys() and len(columns) == len(header)):
            rows = _rows(text, delimiter)[1:]
            return bool(rows) and sum(len(row) >= len(header) for row in rows) * 2 >= len(rows)
    return is_labels(text)


def _below_remarks(text: str) -> str:
    match = _ABOVE_HEADER.match(text)
    return text[match.end() :] if match else text


def _is_timed(columns: dict[str, int]) -> bool:
    return "text" in columns and ({"start", "end"} <= columns.keys() or "span" in columns)


def _in_seconds(cues: list[Cue]) -> list[Cue]:
    """The cues with their times divided by 1000, if they are whole numbers of milliseconds."""
    known = [cue for cue in cues if not math.isnan(cue.start + cue.end)]
    whole = all(cue.start.is_integer() and cue.end.is_integer() for cue in known)
    if not whole or not known or median(c.end - c.start for c in known) < _MILLISECONDS:
        return cues
    return [replace(cue, start=cue.start / 1000, end=cue.end / 1000) for cue in cues]


def is_labels(text: str) -> bool:
    """Whether all lines are start, end and text between tabs, as Audacity exports labels."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("\\")]
    return bool(lines) and all(
        len(cells := line.split("\t")) >= 3 and _in_order(cells[0], cells[1]) for line in lines
    )


def _in_order(start: str, end: str) -> bool:
    return seconds(start.strip()) <= seconds(end.strip())


def _labels(text: str) -> list[Cue]:
    """Start, end, perhaps a speaker, text."""
    rows = [line.split("\t") for line in text.splitlines()]
    rows = [row for row in rows if len(row) >= 3 and _in_order(row[0], row[1])]
    named = all(len(row) == 4 for row in rows)
    return [
        Cue(
            seconds(row[0].strip()),
            seconds(row[1].strip()),
            row[3] if named else " ".join(row[2:]),
            one_line(row[2]) if named else "",
        )
        for row in rows
    ]


def _rows(text: str, delimiter: str, quoting: bool = True) -> Rows:
    """Rows that are not empty; those of a Markdown table without its rule and outer pipes."""
    style: Literal[0, 3] = csv.QUOTE_MINIMAL if quoting else csv.QUOTE_NONE
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=style))
    except csv.Error:
        return []
    if delimiter == "|":
        rows = [row for row in rows if not _MARKDOWN_RULE.fullmatch("|".join(row).strip())]
        rows = [row[bool(row) and not row[0].strip() :] for row in rows]
        rows = [row[:-1] if row and not row[-1].strip() else row for row in rows]
    return [row for row in rows if any(cell.strip() for cell in row)]


def _repaired(rows: Rows, text: str, delimiter: str, columns: dict[str, int]) -> Rows:
    """The rows, read again without quoting if an unclosed quote has swallowed some."""
    if "span" in columns:
        return rows
    at, start, end = columns["text"], columns["start"], columns["end"]
    for row in rows[1:]:
        for line in (row[at] if at < len(row) else "").splitlines()[1:]:
            cells = line.split(delimiter)
            if len(cells) > max(start, end) and _in_order(cells[start], cells[end]):
                plain = _rows(text, delimiter, quoting=False)
                return [[cell.strip('"').replace('""', '"') for cell in r] for r in plain]
    return rows


def _columns(header: list[str]) -> dict[str, int]:
    """Index of the column of each kind; the first one if several match."""
    columns: dict[str, int] = {}
    for number, cell in enumerate(header):
        name = " ".join(re.findall(r"[^\W\d_]+", cell.lower()))
        for column, names in _COLUMN_NAMES.items():
            if name in names:
                columns.setdefault(column, number)
    return columns


def _cell(row: Sequence[str], columns: dict[str, int], column: str, width: int) -> str:
    """A cell of a row; surplus cells belong to the text, whose commas were not quoted."""
    at, text_at, extra = columns.get(column, width), columns["text"], max(0, len(row) - width)
    if column == "text":
        return ",".join(row[at : at + extra + 1])
    at += extra if at > text_at else 0
    return row[at] if at < len(row) and column in columns else ""


def _cue(row: Sequence[str], columns: dict[str, int], width: int) -> Cue:
    start, end = (_cell(row, columns, edge, width).strip() for edge in ("start", "end"))
    if span := _SPAN.fullmatch(_cell(row, columns, "span", width)):
        start, end = span[1], span[2]
    return Cue(
        seconds(start),
        seconds(end),
        _cell(row, columns, "text", width),
        one_line(_cell(row, columns, "speaker", width)),
    )


def _turn(row: Sequence[str], columns: dict[str, int], width: int) -> Cue:
    start = seconds(_cell(row, columns, "start", width).strip())
    start = 0.0 if math.isnan(start) else start
    text, speaker = (_cell(row, columns, column, width) for column in ("text", "speaker"))
    return Cue(start, start, text, one_line(speaker))
