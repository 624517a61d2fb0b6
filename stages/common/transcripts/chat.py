"""CHAT (.cha) of TalkBank's corpora, among them PsychBank's sessions.

https://talkbank.org/0info/manuals/CHAT.html. `*THE:` begins a turn, lines that begin with a
tab continue it, `%` begins a comment on it, `@` a header. A bullet, `\\x15120_3500\\x15`, has its
times in milliseconds.
"""

from __future__ import annotations

import math
import re

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue, one_line
from stages.common.transcripts.speakers import canonical_speaker, is_role

_TURN = re.compile(r"\*([A-Za-z0-9_-]{1,12}):[ \t]*(.*)", re.DOTALL)
_BULLET = re.compile(r"[\x15\u2022](?:%snd:\"[^\"]*\")?_?(\d{1,12})_(\d{1,12})-?[\x15\u2022]")
_UNKNOWN = re.compile(r"\b(?:xxx?|yyy?|www)\b(?:@\w+)?")
_SCOPED_UNSURE = re.compile(r"<([^<>]*)>\s*\[\?\]|(?<!\S)([^\s\[\]]+)\s*\[\?\]")
_DIRECTION = re.compile(r"\[=![^\[\]]*+\]|\[!+\]|\[\^[^\[\]]*+\]")
_CODE = re.compile(r"\[(?:[/%:=*+\-x#<>\"&][^\[\]]*|\"|e|>\d?|<\d?)\]")
"""Retracing, replacement, error, explanation, overlap: the words beside it were said."""
_OMITTED = re.compile(r"(?<!\S)0[^\W\d_]+")
_SHORTENED = re.compile(r"(?<=[^\W\d_])\(([^\W\d_']+)\)|(?<!\S)\(([^\W\d_']+)\)(?=[^\W\d_])")
_SPECIAL = re.compile(r"(?<=\w)@[a-z]{1,3}(?::[\w+$]+)?")
_LINKER = re.compile(r"(?<!\S)\+(?:<|\^|,|\+|\"|\u224b|\u2248)(?=\s|\w)")
_STOP = re.compile(r"(?<!\s)\s++([.?!])\s*$")
_COMPOUND = re.compile(r"(?<=[^\W\d_])[_+](?=[^\W\d_])")
_SEPARATOR = re.compile(r"[\u201e\u2021]")


def is_chat(text: str) -> bool:
    """Whether the text has CHAT's turns, and its headers or comments."""
    turns = re.search(r"^\*[A-Z][A-Z0-9_-]{0,11}:[ \t]", text, re.MULTILINE)
    header = r"^@(?:UTF8|Begin|Languages:|Participants:|ID:)|^%[a-z]{3}:\t"
    return turns is not None and re.search(header, text, re.MULTILINE) is not None


def parse(text: str) -> tuple[list[Cue], bool]:
    """(cues in file order, whether they have times).

    The speaker is the role or the name that the headers give to the turn's code. A turn without a
    bullet, among others with one, has NaN as its times.

    Raises: RecordingRejected(transcript_unreadable) without a turn.
    """
    lines = _whole_lines(text)
    names = _names(lines)
    cues = []
    for line in lines:
        match = _TURN.fullmatch(line)
        if not match:
            continue
        bullets = _BULLET.findall(match[2])
        words = plain_words(_BULLET.sub(" ", match[2]))
        start = int(bullets[0][0]) / 1000 if bullets else math.nan
        end = int(bullets[-1][1]) / 1000 if bullets else math.nan
        cues.append(Cue(start, end, words, names.get(match[1], match[1])))
    if not cues:
        raise RecordingRejected("transcript_unreadable")
    timed = any(not math.isnan(cue.start) for cue in cues)
    return (cues if timed else [Cue(0.0, 0.0, cue.text, cue.speaker) for cue in cues]), timed


def plain_words(text: str) -> str:
    """The spoken words; codes about them are removed or become a mark in brackets.

    The rest of the notation, `&-um` and `+...`, may stand in any transcript: see notation.py.
    """
    text = _UNKNOWN.sub("[inaudible]", text)
    text = _SCOPED_UNSURE.sub(lambda m: f"[{m[1] or m[2]}?]", text)
    text = _DIRECTION.sub(" ", text)
    text = _LINKER.sub("", _CODE.sub(" ", text))
    text = re.sub(r"[<>](?![=\d])", " ", text)
    text = _OMITTED.sub("", _SHORTENED.sub(lambda m: m[1] or m[2], text))
    text = _COMPOUND.sub(" ", _SPECIAL.sub("", _SEPARATOR.sub(",", text)))
    return _STOP.sub(r"\1", one_line(text))


def _whole_lines(text: str) -> list[str]:
    """Each header, turn and comment on one line; continuation lines begin with white space."""
    whole: list[str] = []
    for line in text.splitlines():
        if whole and line[:1] in ("\t", " "):
            whole[-1] += " " + line.strip()
        elif line.strip():
            whole.append(line)
    return whole


def _names(lines: list[str]) -> dict[str, str]:
    """Code -> role, or name: `@Participants: THE Alex Therapist, CLI Client`."""
    names = {}
    for line in lines:
        if line.startswith("@Participants:"):
            for participant in line.partition(":")[2].split(","):
                code, *words = participant.split()[:3] or [""]
                roles = [word for word in words if is_role(word)]
                if words:
                    names[code] = canonical_speaker(roles[-1] if roles else words[0])
    return names
