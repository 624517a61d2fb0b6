"""Speakers in transcripts: labels that open a line (`Therapist: ...`) and the roles they name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from stages.common.transcripts.cue import Cue, one_line
from stages.common.transcripts.timestamps import TIMESTAMP

ROLES = {
    "t": "Therapist", "th": "Therapist", "therapist": "Therapist",
    "c": "Client", "cl": "Client", "client": "Client",
    "p": "Patient", "pt": "Patient", "patient": "Patient",
    "dr": "Doctor", "doctor": "Doctor", "clinician": "Clinician",
    "counsellor": "Counsellor", "counselor": "Counsellor",
    "interviewer": "Interviewer", "speaker": "Speaker",
}  # fmt: skip
"""Label in lower case -> the role's one spelling."""

Party = Literal["therapist", "client"]
_PARTIES: dict[str, Party] = {
    "Therapist": "therapist", "Doctor": "therapist", "Clinician": "therapist",
    "Counsellor": "therapist", "Interviewer": "therapist",
    "Client": "client", "Patient": "client",
}  # fmt: skip

_LOWER_CASE_LABELS = {label for label in ROLES if len(label) > 2} - {"interviewer", "speaker"}
"""Labels that count in lower case too; other words so written may well begin a sentence."""
LONGEST_LABEL = 40
"""Characters."""


def _name(character: str) -> str:
    """Regular expression of one to three words, the first of which begins with a letter."""
    return rf"[^\W\d_]{character}*(?:[ ]\w{character}*){{0,2}}"


_CUE_NAME = _name(r"[\w.'\u2019-]")
_TURN_NAME = _name(r"[\w.'\u2019]")
_CUE_LABEL = re.compile(
    rf"""\s*(?:-\s*)?                              # a dash opens a turn in many subtitles
        [\[(]?                                     # [SPEAKER_00]: as whisperX writes it
        (?P<name>{_CUE_NAME})
        [\])]?\s?:(?=\s|$)\s*""",  # never the colon of 10:30
    re.VERBOSE,
)
_STAMP = rf"[\[(]?{TIMESTAMP}(?:\s*-\s*{TIMESTAMP})?[\])]?"
_TURN_LABEL = re.compile(
    rf"""\s*(?:{_STAMP}\s*[-:\u2013\u2014]?\s*)?      # [00:12:31] Client:
        [-*>\s]*                                      # a list's dash, markdown's stars
        [\[(]?(?P<name>{_TURN_NAME}|\w+_\d+)[\])]?
        \**\s*
        (?:{_STAMP}\s*)?                              # Client [00:12:31]:
        (?::\**(?=\s|$)|\s[-\u2013\u2014](?=\s|$))\**
        \s*(?P<text>.*)$""",
    re.VERBOSE,
)


def is_role(label: str) -> bool:
    """Whether the label names a role, in any case, with or without a full stop."""
    return label.rstrip(".").lower() in ROLES


def canonical_speaker(label: str) -> str:
    """One spelling for a role, `Therapist` for `T` or `THERAPIST`; any other name on one line."""
    label = one_line(label)
    return ROLES.get(label.rstrip(".").lower(), label)


def party(speaker: str) -> Party | None:
    """The party that the speaker's role belongs to; None for a name or a role of neither."""
    return _PARTIES.get(canonical_speaker(speaker))


def common_speaker(speakers: Iterable[str]) -> str:
    """The one name among `speakers`, or "" if there are several or none."""
    names = set(speakers)
    return names.pop() if len(names) == 1 else ""


def split_label(line: str) -> tuple[str, str]:
    """(speaker, text) of a cue's line that begins with a short label, else ("", line).

    A label has up to three words, begins with a letter (a capital, unless it is a common role)
    and ends in a colon that white space follows.
    """
    match = _CUE_LABEL.match(line)
    if not match or len(match["name"]) > LONGEST_LABEL:
        return "", line
    name = match["name"]
    if name[0].islower() and name.lower() not in _LOWER_CASE_LABELS:
        return "", line
    return name, line[match.end() :]


def split_turn_label(line: str) -> tuple[str, str] | None:
    """(label, text) of a line of plain text that may begin with a label, else None.

    The label may be in brackets or Markdown, with a time before or after it, and end in a colon or
    a dash. Whether it is one depends on the whole text: "So - well" has the same form.
    """
    match = _TURN_LABEL.match(line)
    return (match["name"], match["text"]) if match else None


def without_labels(cue: Cue) -> Cue:
    """The cue with the label of each of its lines removed and its text on one line.

    The speaker is the one that all labels name, and empty where several speak in one cue.
    """
    speakers, lines = [cue.speaker] if cue.speaker else [], []
    for line in cue.text.splitlines():
        speaker, text = split_label(line)
        speakers += [speaker] if speaker else []
        lines.append(text)
    return replace(cue, text=one_line(" ".join(lines)), speaker=common_speaker(speakers))
