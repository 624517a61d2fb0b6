"""Format detection by content, since files are saved with wrong suffixes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts import (
    chat,
    csv_cues,
    ctm,
    eaf,
    json_cues,
    lrc,
    plain_text,
    printed,
    sbv,
    srt,
    textgrid,
    vtt,
)
from stages.common.transcripts.cue import Cue, Transcript
from stages.common.transcripts.reviewed import json_is_reviewed, vtt_is_reviewed
from stages.common.transcripts.rolling import unroll
from stages.common.transcripts.timestamps import ARROW, subtitle_times

SUFFIXES = (
    ".cha", ".csv", ".ctm", ".docx", ".eaf", ".json", ".lrc", ".rtf", ".sbv", ".srt", ".stm",
    ".textgrid", ".tsv", ".txt", ".vtt",
)  # fmt: skip
DOCUMENTS = (".docx", ".rtf", ".txt")
"""Suffixes whose content may be plain text."""
_UNKNOWN = re.compile(
    r"\s*(?:<\?xml|<!doctype|<html|<tt[\s>]|<sami|<[a-z][\w:-]*(?:\s[^<>]*)?>\s*<|\{\\"
    r"|\\documentclass|\[Script Info\]|(?:SPEAKER|SPKR-INFO) \S+ \d+ \S+ \S+ <NA>)",
    re.IGNORECASE,
)
"""HTML, other XML, RTF without its start, TeX, SubStation's subtitles and turns without words."""
_DAMAGED = re.compile(
    r"\A\s*[\[{]\s*+(?:[\[{]\s*+)?\"[\w -]+\"\s*:"
    r"|^[ \t]*\d{1,2}:\d{2}[\d:.,;]*[ \t]*-{1,2}>[ \t]*\d{1,2}:\d{2}",
    re.MULTILINE,
)
"""Truncated JSON, and caption times that no reader knows."""


def read_form(text: str, suffix: str) -> Transcript:
    """The transcript in `text`, read in the format that its content shows.

    Args:
        suffix: the file's, in lower case.

    Raises: RecordingRejected(transcript_unreadable, transcript_form_unknown).
    """
    for suffixes, detect, read in _FORMS:
        if detect(text):
            transcript = read(text)
            return transcript if suffix in suffixes else _renamed(transcript)
    for suffixes, _, read in _FORMS:  # the content is of this form, or damaged
        if suffix in suffixes and suffix not in (".srt", *DOCUMENTS):
            return read(text)
    if suffix == ".srt" or _DAMAGED.search(text):
        raise RecordingRejected("transcript_unreadable")
    if suffix not in SUFFIXES or _UNKNOWN.match(text):
        raise RecordingRejected("transcript_form_unknown")
    cues, notices = plain_text.read(text)
    return Transcript(cues, timed=False, notices=notices)


def _renamed(transcript: Transcript) -> Transcript:
    notices = (*transcript.notices, "transcript_wrong_extension")
    return replace(transcript, notices=notices)


def _is_srt(text: str) -> bool:
    return any(
        ARROW in line and not any(map(math.isnan, subtitle_times(line)))
        for line in text.splitlines()
    )


def _timed(parse: Callable[[str], list[Cue]]) -> Callable[[str], Transcript]:
    return lambda text: Transcript(parse(text), timed=True)


def _captions(parse: Callable[[str], list[Cue]]) -> Callable[[str], Transcript]:
    return lambda text: Transcript(unroll(parse(text)), timed=True)


def _vtt(text: str) -> Transcript:
    cues, reviewed = vtt.parse(text), vtt_is_reviewed(text)
    return Transcript(cues if reviewed else unroll(cues), timed=True, reviewed=reviewed)


def _json(text: str) -> Transcript:
    return Transcript(json_cues.parse(text), timed=True, reviewed=json_is_reviewed(text))


def _textgrid(text: str) -> Transcript:
    cues, points, others = textgrid.parse(text)
    notices = ("note_tiers_ignored",) if others else ()
    return Transcript(cues, True, notices + (("point_tiers_ignored",) if points else ()))


def _eaf(text: str) -> Transcript:
    cues, others = eaf.parse(text)
    return Transcript(cues, True, ("note_tiers_ignored",) if others else ())


def _chat(text: str) -> Transcript:
    return Transcript(*chat.parse(text))


def _table(text: str) -> Transcript:
    return Transcript(*csv_cues.parse(text))


_FORMS: tuple[tuple[tuple[str, ...], Callable[[str], bool], Callable[[str], Transcript]], ...] = (
    ((".vtt",), vtt.is_vtt, _vtt),
    ((".textgrid",), textgrid.is_textgrid, _textgrid),
    ((".eaf",), eaf.is_eaf, _eaf),
    ((".json",), json_cues.is_json, _json),
    ((".cha",), chat.is_chat, _chat),
    (DOCUMENTS, printed.is_printed, _timed(printed.parse)),
    ((".srt",), _is_srt, _captions(srt.parse)),
    ((".sbv",), sbv.is_sbv, _timed(sbv.parse)),
    ((".csv", ".tsv"), csv_cues.is_table, _table),
    ((".lrc",), lrc.is_lrc, _timed(lrc.parse)),
    ((".stm",), ctm.is_stm, _timed(ctm.parse_stm)),
    ((".ctm",), ctm.is_ctm, _timed(ctm.parse_ctm)),
)
"""Suffixes, detection and reader of each format."""
