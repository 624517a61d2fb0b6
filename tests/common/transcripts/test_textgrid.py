"""Praat's TextGrid, one file for all speakers or one for each."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest

from stages.common.transcripts.cue import Cue
from stages.common.transcripts.marks import KINDS, UNKNOWN
from stages.common.transcripts.read import read_transcripts
from stages.segment.session_files import find_files, role_of
from tests.support.mini_project import MiniProject
from tests.support.transcripts import LONG, SHORT, read

SHARED = Path(os.environ.get("ATTUNE_SHARED", Path(__file__).parents[4] / "shared"))
CONSULTATIONS = SHARED / "text" / "primock57"


def test_long_form_with_a_tier_per_speaker(tmp_path: Path) -> None:
    assert read(tmp_path, "x.TextGrid", LONG).cues == [
        Cue(1.0, 2.0, "Go on.", "Therapist"),
        Cue(2.5, 5.0, 'I said "no" ! and 3 more', "Client"),
    ]


def test_short_form_with_one_tier_has_no_speaker(tmp_path: Path) -> None:
    assert read(tmp_path, "x.textgrid", SHORT).cues == [Cue(2.5, 5.0, 'I said "no"')]


def test_point_tiers_are_ignored_with_a_notice(tmp_path: Path) -> None:
    points = '"TextTier"\n"beeps"\n0\n5\n1\n1.5\n"beep"\n'
    text = SHORT.replace("<exists>\n1\n", "<exists>\n2\n" + points)
    transcript = read(tmp_path, "x.TextGrid", text)
    assert [cue.text for cue in transcript.cues] == ['I said "no"']
    assert transcript.notices == ("point_tiers_ignored",)


def test_the_role_in_a_file_name() -> None:
    assert role_of("day one_doctor", "day one") == "doctor"
    assert role_of("day-one.Patient", "day-one") == "Patient"
    assert role_of("day one", "day one") == role_of("day onedoctor", "day one") == ""
    assert role_of("day one_2", "day one") == role_of("other_doctor", "day one") == ""


def grid(*intervals: tuple[float, float, str]) -> str:
    rows = "\n".join(f'{start}\n{end}\n"{text}"' for start, end, text in intervals)
    return (f'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n9\n<exists>\n1\n'
            f'"IntervalTier"\n"words"\n0\n9\n{len(intervals)}\n{rows}\n')  # fmt: skip


def test_one_textgrid_per_speaker_makes_one_transcript(mini: MiniProject) -> None:
    mini.valid("talk_1")
    mini.valid("talk")
    (mini.sessions / "transcripts" / "talk.txt").unlink()
    mini.transcript("talk_doctor.TextGrid", grid((0.1, 1.0, "How are you?")))
    mini.transcript("talk_patient.TextGrid", grid((1.2, 2.9, "Tired.")))
    ran = mini.segment()
    assert ran.metrics["kept"] == 2 and ran.metrics["transcripts"] == 3
    assert not ran.metrics["dropped_transcripts"]
    cues = [(row["speaker"], row["text"]) for row in ran.segments if row["score"] is None]
    assert ("Doctor", "How are you?") in cues and ("Patient", "Tired.") in cues


def test_a_speakers_file_belongs_to_the_recording_with_the_longest_matching_name(
    mini: MiniProject,
) -> None:
    for stem in ("talk", "talk_two"):
        mini.audio(f"{stem}.wav")
    mini.transcript("talk_two_doctor.TextGrid", grid((0.1, 1.0, "Yes?")))
    _, transcripts, _ = find_files(mini.sessions)
    assert list(transcripts) == ["talk_two"]


@pytest.mark.skipif(not CONSULTATIONS.is_dir(), reason="no text/primock57 at ATTUNE_SHARED")
def test_real_consultations_with_one_file_per_speaker() -> None:
    files = sorted(CONSULTATIONS.rglob("*.TextGrid"))
    assert len(files) == 114
    marks: Counter[str] = Counter()
    hidden = 0
    for doctor, patient in zip(files[::2], files[1::2], strict=True):
        transcript = read_transcripts([(doctor, "doctor"), (patient, "patient")])
        assert transcript.timed and {cue.speaker for cue in transcript.cues} == {
            "Doctor",
            "Patient",
        }
        assert transcript.cues == sorted(transcript.cues, key=lambda cue: cue.start)
        assert not [cue for cue in transcript.cues if re.search(r"[<>\[\]]", cue.text)]
        hidden += sum(cue.text.count(UNKNOWN) for cue in transcript.cues)
        marks += transcript.marks
    # A name redacted within an unsure passage is one mark, not two.
    assert hidden == sum(marks[kind] for kind in KINDS if kind != "direction")
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    assert marks["unsure"] == text.count("</UNSURE>")
    assert marks["inaudible"] >= text.count("<INAUDIBLE_SPEECH/>")
