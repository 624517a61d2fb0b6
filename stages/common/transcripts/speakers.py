"""Speakers in transcripts: the roles that labels name, and the party of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from stages.common.transcripts.cue import one_line

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
