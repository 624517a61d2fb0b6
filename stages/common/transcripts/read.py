"""A recording's transcript files to cues: decoding, format detection, labels and marks removed."""

from __future__ import annotations

import codecs
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts import csv_cues, json_cues, plain_text, srt, textgrid, vtt
from stages.common.transcripts.cue import Transcript, one_line
from stages.common.transcripts.marks import without_marks
from stages.common.transcripts.speakers import canonical_speaker, without_labels
from stages.common.transcripts.timestamps import ARROW, subtitle_times

SUFFIXES = (".csv", ".json", ".srt", ".textgrid", ".tsv", ".txt", ".vtt")
_BINARY_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf", b"ooBinaryFile")
"""Word (new and old), PDF, RTF (which is ASCII, and would train as text), Praat's binary form."""


def read_transcripts(paths: Sequence[tuple[Path, str]]) -> Transcript:
    """Read and parse a recording's transcript: one file, or one per speaker, merged by time.

    Args:
        paths: each file with the role in its name, or "".

    Raises: RecordingRejected(transcript_empty, transcript_binary, transcript_not_utf8,
        transcript_unreadable).
    """
    transcripts = [_read(path, role) for path, role in paths]
    cues = [cue for transcript in transcripts for cue in transcript.cues]
    timed = transcripts[0].timed
    if len(transcripts) > 1:
        cues.sort(key=lambda cue: (cue.start, cue.end, cue.speaker, cue.text))
    marks: Counter[str] = Counter()
    clean = []
    for cue in cues:
        text, counts = without_marks(cue.text)
        marks.update(counts)
        clean.append(replace(cue, text=one_line(text), speaker=canonical_speaker(cue.speaker)))
    if not timed:
        clean = [cue for cue in clean if cue.text]
    if not any(cue.text for cue in clean):
        raise RecordingRejected("transcript_empty")
    notices = {notice for transcript in transcripts for notice in transcript.notices}
    notices |= {"unknown_marks"} if marks["unknown_mark"] else set()
    return Transcript(clean, timed, tuple(sorted(notices)), marks)


def _read(path: Path, role: str) -> Transcript:
    try:
        data = path.read_bytes()
    except OSError:
        raise RecordingRejected("transcript_unreadable") from None
    text = decode_text(data)
    if not text.strip():
        raise RecordingRejected("transcript_empty")
    transcript = _parse(path.suffix.lower(), text)
    if not transcript.timed:
        return transcript
    cues = [without_labels(cue) for cue in transcript.cues]
    if role:  # one file per speaker: the name of its tier may be no more than "words"
        cues = [replace(cue, speaker=cue.speaker or role) for cue in cues]
    return replace(transcript, cues=cues)


def decode_text(data: bytes) -> str:
    """Text of UTF-8 with or without a byte-order mark, or UTF-16 with one, as Word and Praat write.

    Raises: RecordingRejected(transcript_binary, transcript_not_utf8).
    """
    if data.startswith(_BINARY_STARTS):
        raise RecordingRejected("transcript_binary")
    utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not utf_16 and b"\0" in data:
        raise RecordingRejected("transcript_binary")
    try:
        text = data.decode("utf-16" if utf_16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise RecordingRejected("transcript_not_utf8") from None
    if "\0" in text:  # UTF-32 begins with UTF-16's byte-order mark
        raise RecordingRejected("transcript_binary")
    return text


def _parse(suffix: str, text: str) -> Transcript:
    if suffix == ".json":
        return Transcript(json_cues.parse(text), timed=True)
    if suffix in (".csv", ".tsv"):
        return Transcript(csv_cues.parse(text), timed=True)
    if suffix == ".textgrid":
        cues, points = textgrid.parse(text)
        return Transcript(cues, True, ("point_tiers_ignored",) if points else ())
    # Subtitles get saved with each other's suffix, or as .txt, which would turn their times into
    # training text.
    if vtt.is_vtt(text):
        true_suffix, cues = ".vtt", vtt.parse(text)
    elif any(
        ARROW in line and not any(map(math.isnan, subtitle_times(line)))
        for line in text.splitlines()
    ):
        true_suffix, cues = ".srt", srt.parse(text)
    elif suffix == ".txt":
        return Transcript(plain_text.parse(text), timed=False)
    else:
        raise RecordingRejected("transcript_unreadable")
    notices = () if true_suffix == suffix else ("transcript_wrong_extension",)
    return Transcript(cues, True, notices)
