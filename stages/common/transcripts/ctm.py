"""NIST's time-marked words (.ctm) and segments (.stm), one a line.

- CTM: `file channel start duration word [confidence [type [speaker]]]`
- STM: `file channel speaker start end [<labels>] words`

https://github.com/usnistgov/SCTK/blob/master/doc/infmts.htm. Comments begin with `;;`.
"""

from __future__ import annotations

import re

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.timed_words import Word, to_cues

_NUMBER = r"\d+(?:\.\d+)?"
_CTM = re.compile(rf"(\S+)\s+(\S+)\s+({_NUMBER})\s+({_NUMBER})\s+(\S+)(?:\s+(\S+))?(.*)$")
_STM = re.compile(rf"(\S+)\s+(\S+)\s+(\S+)\s+({_NUMBER})\s+({_NUMBER})\s+(?:<[^>]*>\s*)?(.*)$")
_CTM_FIELDS = 9
"""Most fields of a line, including some beyond the standard."""
_SHARE = 0.8
"""Share of lines with valid fields: a damaged file is still of this format, and not plain text."""
_NO_WORDS = {
    "<eps>",
    "<eps",
    "ignore_time_segment_in_scoring",
    "inter_segment_gap",
    "excluded_region",
}


def is_ctm(text: str) -> bool:
    """Whether nearly every line has the fields of a word with its times."""
    lines = _lines(text)
    fit = sum(bool(_CTM.fullmatch(line)) and len(line.split()) <= _CTM_FIELDS for line in lines)
    return len(lines) >= 2 and fit >= _SHARE * len(lines)


def is_stm(text: str) -> bool:
    """Whether nearly every line has the fields of a segment with its times."""
    lines = _lines(text)
    matches = (_STM.fullmatch(line) for line in lines)
    fit = sum(match is not None and float(match[4]) <= float(match[5]) for match in matches)
    return bool(lines) and fit >= _SHARE * len(lines)


def parse_ctm(text: str) -> list[Cue]:
    """Cues of the words of each channel, by time; the speaker is the channel if there are two.

    Raises: RecordingRejected(transcript_unreadable) if a line has other fields.
    """
    words = _matches(_CTM, text)
    channels = {match[2] for match in words}
    said = [
        Word(
            float(match[3]),
            float(match[3]) + float(match[4]),
            match[5],
            match[2] if len(channels) > 1 else "",
        )
        for match in words
        if match[5].lower() not in _NO_WORDS
    ]
    # Words of the other channel would end a cue.
    cues = [
        cue
        for channel in sorted({word.speaker for word in said})
        for cue in to_cues(sorted((w for w in said if w.speaker == channel), key=lambda w: w.start))
    ]
    return sorted(cues, key=lambda cue: (cue.start, cue.end, cue.speaker))


def parse_stm(text: str) -> list[Cue]:
    """The cues in file order.

    Raises: RecordingRejected(transcript_unreadable) if a line has other fields.
    """
    segments = _matches(_STM, text)
    return [
        Cue(float(match[4]), float(match[5]), match[6], match[3])
        for match in segments
        if match[6].lower() not in _NO_WORDS
    ]


def _lines(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith(";;")]


def _matches(form: re.Pattern[str], text: str) -> list[re.Match[str]]:
    matches = [form.fullmatch(line) for line in _lines(text)]
    found = [match for match in matches if match]
    if not found or len(found) < len(matches):
        raise RecordingRejected("transcript_unreadable")
    return found
