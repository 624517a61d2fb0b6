"""A transcript's file to cues: bytes to text, the format, the words without labels."""

from __future__ import annotations

import codecs
from pathlib import Path

from stages.common.reasons import Dropped
from stages.common.transcripts import json_cues, srt, textgrid, vtt
from stages.common.transcripts.cue import Cue, Transcript, without_labels

SUFFIXES = (".json", ".srt", ".textgrid", ".txt", ".vtt")
_NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf", b"ooBinaryFile")
"""Word (new and old), PDF, RTF (which is ASCII, and would train as text), Praat's binary form."""


def read_transcript(path: Path) -> Transcript:
    """Read and parse.

    Raises: Dropped(transcript_empty, transcript_binary, transcript_not_utf8,
        transcript_unreadable).
    """
    try:
        data = path.read_bytes()
    except OSError:
        raise Dropped("transcript_unreadable") from None
    text = decoded(data)
    if not text.strip():
        raise Dropped("transcript_empty")
    transcript = _parsed(path.suffix.lower(), text)
    cues = [without_labels(cue) for cue in transcript.cues]
    if not any(cue.text for cue in cues):
        raise Dropped("transcript_empty")
    return Transcript(cues, transcript.timed, transcript.notices)


def decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, or UTF-16 with it, as Word and Praat write.

    Raises: Dropped(transcript_binary, transcript_not_utf8).
    """
    if data.startswith(_NOT_TEXT):
        raise Dropped("transcript_binary")
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not marked and b"\0" in data:
        raise Dropped("transcript_binary")
    try:
        text = data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        raise Dropped("transcript_not_utf8") from None
    if "\0" in text:  # UTF-32 begins with UTF-16's mark
        raise Dropped("transcript_binary")
    return text


def _parsed(suffix: str, text: str) -> Transcript:
    if suffix == ".json":
        return Transcript(json_cues.parse(text), timed=True)
    if suffix == ".textgrid":
        cues, points = textgrid.parse(text)
        return Transcript(cues, True, ("point_tiers_ignored",) if points else ())
    # Subtitles get saved with each other's suffix, or as .txt, where their times would be trained
    # on as words.
    if vtt.is_vtt(text):
        found, cues = ".vtt", vtt.parse(text)
    elif any(_is_time_line(line) for line in text.splitlines()):
        found, cues = ".srt", srt.parse(text)
    elif suffix == ".txt":
        return Transcript([Cue(0.0, 0.0, text)], timed=False)
    else:
        raise Dropped("transcript_unreadable")
    return Transcript(cues, True, () if found == suffix else ("transcript_wrong_extension",))


def _is_time_line(line: str) -> bool:
    if srt.ARROW not in line:
        return False
    start, end = srt.times(line)
    return start == start and end == end
