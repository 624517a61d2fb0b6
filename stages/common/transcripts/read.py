"""A transcript's file to cues: bytes to text, the format, the words without labels."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from stages.common.core.reasons import RecordingRejected
from stages.common.transcripts import csv_cues, json_cues, plain, srt, textgrid, vtt
from stages.common.transcripts.cue import Transcript, one_line, without_labels
from stages.common.transcripts.marks import without_marks

SUFFIXES = (".csv", ".json", ".srt", ".textgrid", ".tsv", ".txt", ".vtt")
_NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf", b"ooBinaryFile")
"""Word (new and old), PDF, RTF (which is ASCII, and would train as text), Praat's binary form."""


def read_transcripts(paths: Sequence[tuple[Path, str]]) -> Transcript:
    """Read and parse a recording's transcript: one file, or several with a role each, by time.

    paths: each file with the role that its name tells, or "".

    Raises: RecordingRejected(transcript_empty, transcript_binary, transcript_not_utf8,
        transcript_unreadable).
    """
    read = [_read(path, role) for path, role in paths]
    cues = [cue for transcript in read for cue in transcript.cues]
    if len(read) > 1:
        cues.sort(key=lambda cue: (cue.start, cue.end, cue.speaker, cue.text))
    marks: Counter[str] = Counter()
    clean = []
    for cue in cues:
        text, found = without_marks(cue.text)
        marks.update(found)
        clean.append(replace(cue, text=one_line(text), speaker=plain.role(cue.speaker)))
    if not read[0].timed:
        clean = [cue for cue in clean if cue.text]
    if not any(cue.text for cue in clean):
        raise RecordingRejected("transcript_empty")
    notices = {notice for transcript in read for notice in transcript.notices}
    notices |= {"unknown_marks"} if marks["unknown_mark"] else set()
    return Transcript(clean, read[0].timed, tuple(sorted(notices)), marks)


def _read(path: Path, role: str) -> Transcript:
    try:
        data = path.read_bytes()
    except OSError:
        raise RecordingRejected("transcript_unreadable") from None
    text = decoded(data)
    if not text.strip():
        raise RecordingRejected("transcript_empty")
    transcript = _parsed(path.suffix.lower(), text)
    if not transcript.timed:
        return transcript
    cues = [without_labels(cue) for cue in transcript.cues]
    if role:  # a file a speaker: its tier's name may say no more than "words"
        cues = [replace(cue, speaker=cue.speaker or role) for cue in cues]
    return replace(transcript, cues=cues)


def decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, or UTF-16 with it, as Word and Praat write.

    Raises: RecordingRejected(transcript_binary, transcript_not_utf8).
    """
    if data.startswith(_NOT_TEXT):
        raise RecordingRejected("transcript_binary")
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not marked and b"\0" in data:
        raise RecordingRejected("transcript_binary")
    try:
        text = data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        raise RecordingRejected("transcript_not_utf8") from None
    if "\0" in text:  # UTF-32 begins with UTF-16's mark
        raise RecordingRejected("transcript_binary")
    return text


def _parsed(suffix: str, text: str) -> Transcript:
    if suffix == ".json":
        return Transcript(json_cues.parse(text), timed=True)
    if suffix in (".csv", ".tsv"):
        return Transcript(csv_cues.parse(text), timed=True)
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
        return Transcript(plain.parse(text), timed=False)
    else:
        raise RecordingRejected("transcript_unreadable")
    return Transcript(cues, True, () if found == suffix else ("transcript_wrong_extension",))


def _is_time_line(line: str) -> bool:
    if srt.ARROW not in line:
        return False
    start, end = srt.times(line)
    return start == start and end == end
