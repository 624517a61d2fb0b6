"""Tables of every kind: delimiters, headers of other tools, and rows that were not quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.common.transcripts.cue import Cue
from tests.support.transcripts import read, reason

ROWS = [
    (0.5, 2.0, "Therapist", "Well, did you go, then?"),
    (2.5, 4.0, "Client", "No, \"never\" again."),
]  # fmt: skip
CUES = [Cue(*(row[0], row[1], row[3], row[2])) for row in ROWS]


@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.txt"])
@pytest.mark.parametrize(
    "text",
    [
        "start_time\tstop_time\tspeaker\tvalue\n0.5\t2.0\tTherapist\tWell, did you go, then?\n"
        '2.5\t4.0\tClient\tNo, "never" again.\n',
        "start,end,speaker,text\n0.5,2.0,Therapist,Well, did you go, then?\n"
        '2.5,4.0,Client,No, "never" again.\n',
        "speaker,text,start,end\nTherapist,Well, did you go, then?,0.5,2.0\n"
        'Client,No, "never" again.,2.5,4.0\n',
        "| Start | End | Speaker | Text |\n|---|:---:|---|---|\n"
        "| 0:00.5 | 0:02 | T | Well, did you go, then? |\n"
        '| 0:02.5 | 0:04 | C | No, "never" again. |\n',
        "Start|End|Speaker|Text\n0.5|2|T|Well, did you go, then?\n2.5|4|C|No, \"never\" again.\n",
        "Time In;Time Out;Role;Dialogue\n00:00:00.500;00:00:02.000;T;Well, did you go, then?\n"
        '00:00:02.500;00:00:04.000;C;"No, ""never"" again."\n',
    ],
)  # fmt: skip
def test_timed_tables(tmp_path: Path, name: str, text: str) -> None:
    transcript = read(tmp_path, name, text)
    assert transcript.timed and transcript.cues == CUES
    assert transcript.notices == (("transcript_wrong_extension",) if name == "x.txt" else ())


def test_an_open_quote_swallows_no_row(tmp_path: Path) -> None:
    text = 'start,end,text\n0,1,One.\n1,2,"Two, and so.\n2,3,Three.\n3,4,"Four."\n4,5,Five.\n'
    assert [cue.text for cue in read(tmp_path, "x.csv", text).cues] == [
        "One.", "Two, and so.", "Three.", "Four.", "Five.",
    ]  # fmt: skip
    kept = 'start,end,text\n0,1,"One\nmore, 2 in all."\n1,2,Two.\n'
    cues = read(tmp_path, "x.csv", kept).cues
    assert [cue.text for cue in cues] == ["One more, 2 in all.", "Two."]


def test_turns_in_a_table_without_times(tmp_path: Path) -> None:
    for text in ("Speaker,Text\nT,Did you go?\nC,Never.\n",
                 "who\ttext\nT\tDid you go?\nC\tNever.\n",
                 "| Role | Utterance |\n| --- | --- |\n| T | Did you go? |\n| C | Never. |\n",
                 "time,speaker,text\n0:01,T,Did you go?\n0:04,C,Never.\n"):  # fmt: skip
        for name in ("x.csv", "x.txt"):
            transcript = read(tmp_path, name, text)
            assert not transcript.timed and [(c.speaker, c.text) for c in transcript.cues] == [
                ("Therapist", "Did you go?"), ("Client", "Never."),
            ]  # fmt: skip
    assert [cue.start for cue in transcript.cues] == [1, 4]


def test_labels_of_audacity(tmp_path: Path) -> None:
    text = "0.500000\t2.000000\tDid you go?\n2.500000\t4.000000\tNever.\n"
    waves = "0.5\t2.0\tDid you go?\n\\\t200.0\t900.0\n2.5\t4.0\tNever.\n"
    for content in (text, waves):
        for name in ("x.txt", "x.tsv", "x.csv"):
            assert read(tmp_path, name, content).cues == [
                Cue(0.5, 2.0, "Did you go?"), Cue(2.5, 4.0, "Never."),
            ]  # fmt: skip
    named = "0.5\t2.0\tT\tDid you go?\n2.5\t4.0\tC\tNever.\n"
    assert [cue.speaker for cue in read(tmp_path, "x.txt", named).cues] == ["Therapist", "Client"]


def test_a_sentence_is_no_header(tmp_path: Path) -> None:
    for text in (
        "Text, speaker, and so on.\nWe left.",
        "Speaker, text\n",
        "Words; content; name\n",
    ):
        cues = read(tmp_path, "x.txt", text).cues
        assert " ".join(cue.text for cue in cues).split() == text.split()
    for text in ("only words\n", "a|b\nc|d\n", "0.5\t2.0\n"):
        assert reason(tmp_path, "x.csv", text) == "transcript_unreadable"


def test_whole_milliseconds(tmp_path: Path) -> None:
    """Whisper's own .tsv."""
    text = "start\tend\ttext\n500\t2000\tDid you go?\n2500\t4000\tNever.\n"
    assert read(tmp_path, "x.tsv", text).cues == [
        Cue(0.5, 2.0, "Did you go?"), Cue(2.5, 4.0, "Never."),
    ]  # fmt: skip
    seconds = text.replace("00\t", "\t")
    assert [cue.start for cue in read(tmp_path, "x.tsv", seconds).cues] == [5.0, 25.0]


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nStart;End;Speaker;Text\n0,5;2,0;T;Well, did you go, then?\n"
        '2,5;4,0;C;"No, ""never"" again."\n',
        "# a tool\n\nStart;End;Speaker;Text\n0,5;2,0;T;Well, did you go, then?\n"
        '2,5;4,0;C;"No, ""never"" again."\n',
        "Sprecher;Beginn;Ende;Text\nT;0,5;2,0;Well, did you go, then?\n"
        'C;2,5;4,0;"No, ""never"" again."\n',
        "locuteur\td\u00e9but\tfin\ttexte\nT\t0,5\t2,0\tWell, did you go, then?\n"
        'C\t2,5\t4,0\t"No, ""never"" again."\n',
        "Timespan\tContent\tSpeaker\n0:00.5 - 0:02\tWell, did you go, then?\tT\n"
        '0:02.5 - 0:04\t"No, ""never"" again."\tC\n',
        "Start,End,Speaker,Text\n0:00:00:15,0:00:02:00,T,Well, did you go, then?\n"
        '0:00:02;15,0:00:04;00,C,"No, ""never"" again."\n',
    ],
)  # fmt: skip
def test_tables_of_other_programs(tmp_path: Path, text: str) -> None:
    transcript = read(tmp_path, "x.csv", text)
    assert transcript.timed and transcript.cues == CUES


def test_starts_alone_are_no_times_of_cues(tmp_path: Path) -> None:
    transcript = read(tmp_path, "x.csv", "start,text\n1.5,Did you go?\n3,Never.\n")
    assert not transcript.timed and [(c.start, c.text) for c in transcript.cues] == [
        (1.5, "Did you go?"), (3.0, "Never."),
    ]  # fmt: skip
