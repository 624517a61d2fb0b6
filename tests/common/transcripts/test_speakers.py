"""Speaker labels and the roles they name."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.common.transcripts.cue import Cue
from stages.common.transcripts.cue_labels import without_labels
from stages.common.transcripts.speakers import ROLES, canonical_speaker, party
from tests.support.transcripts import SRT, read


def label_of(text: str) -> tuple[str, str]:
    """(speaker, words) of a cue alone in its transcript."""
    (cue,) = without_labels([Cue(0.0, 1.0, text)])
    return cue.speaker, cue.text


@pytest.mark.parametrize(
    ("text", "speaker", "rest"),
    [
        ("Therapist: Hello.", "Therapist", "Hello."),
        ("therapist: Hello.", "therapist", "Hello."),
        ("- Client: Hello.", "Client", "Hello."),
        ("[SPEAKER_00]: Hello.", "SPEAKER_00", "Hello."),
        ("Dr. Anna Lee: Hello.", "Dr. Anna Lee", "Hello."),
        ("Speaker 2:\tHello.", "Speaker 2", "Hello."),
        ("Élodie: Hello.", "Élodie", "Hello."),
        ("T: Hello.", "T", "Hello."),
        ("At 10:30 we met.", "", "At 10:30 we met."),
        ("and then: nothing", "", "and then: nothing"),
        ("What I mean is this: no.", "", "What I mean is this: no."),
        ("10: that many", "", "10: that many"),
        ("No label", "", "No label"),
        (": odd", "", ": odd"),
    ],
)
def test_labels(text: str, speaker: str, rest: str) -> None:
    assert label_of(text) == (speaker, rest)


def test_a_cue_has_a_speaker_if_all_its_labels_agree(tmp_path: Path) -> None:
    one = read(tmp_path, "x.srt", SRT.replace("How are\nyou?", "Client: Yes.\nClient: No."))
    assert one.cues[1] == Cue(63.5, 3600.0, "Yes. No.", "Client")
    two = read(tmp_path, "x.srt", SRT.replace("How are\nyou?", "Client: How?\nTherapist: You?"))
    assert two.cues[1] == Cue(63.5, 3600.0, "How? You?", "")


def test_roles_have_one_spelling() -> None:
    labels = ("T", "th", "CLIENT", "Dr.", "pt", "Ann", " Bob  Lee ")
    assert [canonical_speaker(label) for label in labels] == [
        "Therapist", "Therapist", "Client", "Doctor", "Patient", "Ann", "Bob Lee",
    ]  # fmt: skip


def test_every_role_but_speaker_belongs_to_a_party() -> None:
    parties = {role: party(role) for role in ROLES.values()}
    assert parties == {
        "Therapist": "therapist", "Doctor": "therapist", "Clinician": "therapist",
        "Counsellor": "therapist", "Interviewer": "therapist", "Client": "client",
        "Patient": "client", "Speaker": None,
    }  # fmt: skip
    assert party("pt.") == "client" and party("Ann") is None and party("") is None


@pytest.mark.parametrize(
    ("label", "known"),
    [
        ("client", True),
        ("counselor", True),
        ("t", False),
        ("interviewer", False),
        ("speaker", False),
    ],
)
def test_some_roles_are_labels_in_lower_case_too(label: str, known: bool) -> None:
    assert label_of(f"{label}: so") == ((label, "so") if known else ("", f"{label}: so"))
    assert label_of(f"{label.capitalize()}: so") == (label.capitalize(), "so")
