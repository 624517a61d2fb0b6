"""A recording's transcript files to cues: decode, detect the format, remove labels and marks."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts import docx, rtf
from stages.common.transcripts.characters import tidy, without_entities
from stages.common.transcripts.cue import Transcript, one_line
from stages.common.transcripts.cue_labels import without_labels
from stages.common.transcripts.encodings import decode_text
from stages.common.transcripts.forms import SUFFIXES, read_form
from stages.common.transcripts.marks import without_marks
from stages.common.transcripts.notation import is_jefferson
from stages.common.transcripts.speakers import canonical_speaker

MAX_BYTES = 64_000_000
"""Twice what four hours of timed words take in the most verbose of the JSON formats."""
__all__ = ["SUFFIXES", "read_cues", "read_transcripts"]


def read_transcripts(
    paths: Sequence[tuple[Path, str]], max_characters: float = math.inf
) -> Transcript:
    """Read and parse a recording's transcript: one file, or one per speaker, merged by time.

    Args:
        paths: each file with the role in its name, or "".
        max_characters: a file with more, markup included, cannot belong to this recording.

    Raises: RecordingRejected(transcript_empty, transcript_binary, transcript_not_utf8,
        transcript_form_unknown, transcript_unreadable, transcript_too_large,
        transcript_mismatch, no_file).
    """
    marked = read_cues(paths, max_characters)
    marks: Counter[str] = Counter()
    speakers = {cue.speaker for cue in marked.cues} - {""}
    jefferson = any(is_jefferson(cue.text) for cue in marked.cues)
    clean = []
    for cue in marked.cues:
        text, counts = without_marks(cue.text, speakers, jefferson)
        marks.update(counts)
        clean.append(replace(cue, text=one_line(text), speaker=canonical_speaker(cue.speaker)))
    if not marked.timed:
        clean = [cue for cue in clean if cue.text]
    if not any(cue.text for cue in clean):
        raise RecordingRejected("transcript_empty")
    notices = {*marked.notices, *(["unknown_marks"] if marks["unknown_mark"] else [])}
    return replace(marked, cues=clean, notices=tuple(sorted(notices)), marks=marks)


def read_cues(paths: Sequence[tuple[Path, str]], max_characters: float = math.inf) -> Transcript:
    """`read_transcripts` with the text as typed: marks are kept, roles keep their spelling."""
    transcripts = [_read(path, role, max_characters) for path, role in paths]
    cues = [cue for transcript in transcripts for cue in transcript.cues]
    if len(transcripts) > 1:
        cues.sort(key=lambda cue: (cue.start, cue.end, cue.speaker, cue.text))
    notices = {notice for transcript in transcripts for notice in transcript.notices}
    reviewed = all(transcript.reviewed for transcript in transcripts)
    return Transcript(cues, transcripts[0].timed, tuple(sorted(notices)), reviewed=reviewed)


def _read(path: Path, role: str, max_characters: float) -> Transcript:
    try:
        if path.exists() and not path.is_file():  # opening a pipe hangs
            raise RecordingRejected("no_file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError:
        raise RecordingRejected("transcript_unreadable") from None
    if len(data) > MAX_BYTES:
        raise RecordingRejected("transcript_too_large")
    text, suffix, notices = _text(data, path.suffix.lower())
    if not text.strip():
        raise RecordingRejected("transcript_empty")
    if len(text) > max_characters:
        raise RecordingRejected("transcript_mismatch")
    transcript = read_form(tidy(text), suffix)
    cues = [
        replace(cue, text=tidy(without_entities(cue.text)), speaker=tidy(cue.speaker))
        for cue in transcript.cues
    ]
    notices = [*transcript.notices, *notices]
    transcript = replace(transcript, cues=cues, notices=tuple(notices))
    if not transcript.timed:
        return transcript
    unlabelled = without_labels(cues)
    if transcript.reviewed:  # what begins like a label is words, where the format has the speaker
        pairs = zip(cues, unlabelled, strict=True)
        cues = [replace(a, text=one_line(a.text)) if a.speaker else b for a, b in pairs]
    else:
        cues = unlabelled
    if role:  # one file per speaker: the name of its tier may be no more than "words"
        cues = [replace(cue, speaker=cue.speaker or role) for cue in cues]
    return replace(transcript, cues=cues)


def _text(data: bytes, suffix: str) -> tuple[str, str, list[str]]:
    """(text, suffix of its format, notices); a document may contain any other text format."""
    for document_suffix, is_document, to_text in (
        (".docx", docx.is_docx(data), docx.to_text),
        (".rtf", data.startswith(rtf.START), rtf.to_text),
    ):
        if is_document:
            renamed = suffix != document_suffix
            return to_text(data), document_suffix, ["transcript_wrong_extension"] * renamed
    text, guessed = decode_text(data)
    return text, suffix, ["encoding_guessed"] if guessed else []
