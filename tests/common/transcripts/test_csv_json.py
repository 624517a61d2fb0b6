"""Tables with a header, and the JSON of speech recognizers."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from stages.common.transcripts.cue import Cue
from tests.support.transcripts import CUES, read, reason

CLIENT_AND_THERAPIST = [
    Cue(1.0, 2.5, "We slept.", "Client"),
    Cue(63.25, 64.0, "Did you?", "Therapist"),
]


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
        transcript = read(tmp_path, f"x.{suffix}", text)
        assert transcript.timed and transcript.cues == CLIENT_AND_THERAPIST


def test_a_table_without_a_known_header_is_unreadable(tmp_path: Path) -> None:
    for text in ("1,2,Client,We slept.\n", "start,end\n1,2\n", "nonsense", 'a,b\n"open'):
        assert reason(tmp_path, "x.csv", text) == "transcript_unreadable"


def test_missing_cells_and_unreadable_times(tmp_path: Path) -> None:
    cues = read(tmp_path, "x.csv", "start,end,text\nsoon,2,One.\n1\n3,4,\n5,6,Two.\n").cues
    assert math.isnan(cues[0].start) and math.isnan(cues[1].end)
    assert [cue.text for cue in cues] == ["One.", "", "", "Two."]


@pytest.mark.parametrize("bare", [False, True])
def test_json(tmp_path: Path, bare: bool) -> None:
    rows = [
        {"id": 0, "start": 1, "end": 2.5, "text": " Hello there. ", "tokens": [1, 2]},
        {"start": 63.5, "end": 3600.0, "text": "How are\nyou?", "speaker": "SPEAKER_01"},
        {"start": "soon", "end": None, "text": "No times."},
    ]
    text = json.dumps(rows if bare else {"text": "all of it", "segments": rows, "language": "en"})
    cues = read(tmp_path, "x.json", text).cues
    assert cues[:2] == [CUES[0], Cue(63.5, 3600.0, "How are you?", "SPEAKER_01")]
    assert cues[2].start != cues[2].start and cues[2].end != cues[2].end


def test_whisper_cpp(tmp_path: Path) -> None:
    rows = [{"offsets": {"from": 1000, "to": 2500}, "text": " We slept."}]
    transcript = read(tmp_path, "x.json", json.dumps({"transcription": rows}))
    assert transcript.cues == [Cue(1.0, 2.5, "We slept.", "")]


def test_faster_whisper(tmp_path: Path) -> None:
    rows = [{"id": 1, "seek": 0, "start": 1.0, "end": 2.5, "text": " We slept.", "tokens": [1],
             "words": None}]  # fmt: skip
    assert read(tmp_path, "x.json", json.dumps(rows)).cues == [Cue(1.0, 2.5, "We slept.", "")]
