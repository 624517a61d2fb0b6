"""Transcripts in tables, a TextGrid a speaker, other programs' JSON."""

from __future__ import annotations

import json
import math
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from stages.common.transcripts.cue import Cue
from stages.common.transcripts.marks import KINDS, UNKNOWN
from stages.common.transcripts.read import read_transcripts
from stages.segment.sessions import find_files, role_of
from tests.common.transcripts.test_transcripts import read, reason
from tests.support.workplace import Workplace

SHARED = Path(os.environ.get("ATTUNE_SHARED", Path(__file__).parents[4] / "shared"))
CONSULTATIONS = SHARED / "text" / "primock57"
TWO = [Cue(1.0, 2.5, "We slept.", "Client"), Cue(63.25, 64.0, "Did you?", "Therapist")]


@pytest.mark.parametrize(
    "text",
    [
        "start,end,speaker,text\n1,2.5,Client,We slept.\n63.25,64,Therapist,Did you?\n",
        "Begin;Stop;Role;Utterance\n1,0;2,5;C;We slept.\n63,25;64;T;Did you?\n",
        "text\tspeaker\tstart_time\tend_time\nWe slept.\tClient\t00:00:01\t00:00:02.5\n"
        "Did you?\tTherapist\t00:01:03,250\t1:04\n",
        '\ufeff"Start (s)","End (s)","Who","Transcript"\r\n1s,2.5s,cl,"We\nslept."\r\n'
        "63.25,64.0,th,Did you?\r\n\r\n",
    ],
)
def test_tables(tmp_path: Path, text: str) -> None:
    for suffix in ("csv", "tsv"):
        found = read(tmp_path, f"x.{suffix}", text)
        assert found.timed and found.cues == TWO


def test_a_table_without_a_known_header(tmp_path: Path) -> None:
    for text in ("1,2,Client,We slept.\n", "start,end\n1,2\n", "nonsense", 'a,b\n"open'):
        assert reason(tmp_path, "x.csv", text) == "transcript_unreadable"


def test_cells_that_are_missing_or_no_times(tmp_path: Path) -> None:
    found = read(tmp_path, "x.csv", "start,end,text\nsoon,2,One.\n1\n3,4,\n5,6,Two.\n").cues
    assert math.isnan(found[0].start) and math.isnan(found[1].end)
    assert [cue.text for cue in found] == ["One.", "", "", "Two."]


def test_whisper_cpp(tmp_path: Path) -> None:
    rows = [{"offsets": {"from": 1000, "to": 2500}, "text": " We slept."}]
    found = read(tmp_path, "x.json", json.dumps({"transcription": rows}))
    assert found.cues == [Cue(1.0, 2.5, "We slept.", "")]


def test_faster_whisper(tmp_path: Path) -> None:
    rows = [{"id": 1, "seek": 0, "start": 1.0, "end": 2.5, "text": " We slept.", "tokens": [1],
             "words": None}]  # fmt: skip
    assert read(tmp_path, "x.json", json.dumps(rows)).cues == [Cue(1.0, 2.5, "We slept.", "")]


def test_marks_in_a_transcript_with_times(tmp_path: Path) -> None:
    found = read(tmp_path, "x.csv", "start,end,text\n1,2,[laughs] No.\n3,4,In [CITY].\n5,6,<x y>\n")
    assert [cue.text for cue in found.cues] == ["No.", f"In {UNKNOWN} .", UNKNOWN]
    assert found.marks == {"direction": 1, "redaction": 1, "unknown_mark": 1}
    assert found.notices == ("unknown_marks",)


def test_what_a_speakers_file_is_called() -> None:
    assert role_of("day one_doctor", "day one") == "doctor"
    assert role_of("day-one.Patient", "day-one") == "Patient"
    assert role_of("day one", "day one") == role_of("day onedoctor", "day one") == ""
    assert role_of("day one_2", "day one") == role_of("other_doctor", "day one") == ""


def grid(*intervals: tuple[float, float, str]) -> str:
    rows = "\n".join(f'{start}\n{end}\n"{text}"' for start, end, text in intervals)
    return (f'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n9\n<exists>\n1\n'
            f'"IntervalTier"\n"words"\n0\n9\n{len(intervals)}\n{rows}\n')  # fmt: skip


def test_a_textgrid_a_speaker_is_one_transcript(place: Workplace) -> None:
    place.good("talk_1")
    place.good("talk")
    (place.sessions / "transcripts" / "talk.txt").unlink()
    place.words("talk_doctor.TextGrid", grid((0.1, 1.0, "How are you?")))
    place.words("talk_patient.TextGrid", grid((1.2, 2.9, "Tired.")))
    ran = place.segment()
    assert ran.metrics["kept"] == 2 and ran.metrics["transcripts"] == 3
    assert not ran.metrics["dropped_transcripts"]
    found = [(row["speaker"], row["text"]) for row in ran.segments if row["score"] is None]
    assert ("Doctor", "How are you?") in found and ("Patient", "Tired.") in found


def test_a_speakers_file_goes_to_the_recording_with_the_longest_name(place: Workplace) -> None:
    for stem in ("talk", "talk_two"):
        place.audio(f"{stem}.wav")
    place.words("talk_two_doctor.TextGrid", grid((0.1, 1.0, "Yes?")))
    _, transcripts, _ = find_files(place.sessions)
    assert list(transcripts) == ["talk_two"]


@pytest.mark.skipif(not CONSULTATIONS.is_dir(), reason="no text/primock57 at ATTUNE_SHARED")
def test_real_consultations_in_two_files_each() -> None:
    files = sorted(CONSULTATIONS.rglob("*.TextGrid"))
    assert len(files) == 114
    marks: Counter[str] = Counter()
    hidden = 0
    for doctor, patient in zip(files[::2], files[1::2], strict=True):
        found = read_transcripts([(doctor, "doctor"), (patient, "patient")])
        assert found.timed and {cue.speaker for cue in found.cues} == {"Doctor", "Patient"}
        assert found.cues == sorted(found.cues, key=lambda cue: cue.start)
        assert not [cue for cue in found.cues if re.search(r"[<>\[\]]", cue.text)]
        hidden += sum(cue.text.count(UNKNOWN) for cue in found.cues)
        marks += found.marks
    # A name redacted within an unsure passage is one mark, not two.
    assert hidden == sum(marks[kind] for kind in KINDS if kind != "direction")
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    assert marks["unsure"] == text.count("</UNSURE>")
    assert marks["inaudible"] >= text.count("<INAUDIBLE_SPEECH/>")
