"""Each transcript format, its encodings, its odd forms, and what makes it unusable."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stages.common.core.reasons import RecordingRejected
from stages.common.transcripts.cue import Cue, Transcript, split_label
from stages.common.transcripts.read import read_transcripts

SRT = "1\n00:00:01,000 --> 00:00:02,500\nHello there.\n\n"
SRT += "2\n00:01:03,5 --> 01:00:00,000\nHow are\nyou?\n"
CUES = [Cue(1.0, 2.5, "Hello there."), Cue(63.5, 3600.0, "How are you?")]

VTT = """WEBVTT - a title

STYLE
::cue { color: red }

NOTE a remark
over two lines

00:01.000 --> 00:02.500 align:start
<v Dr Lee>Hello <i>there</i>.</v>

a name
00:01:03.500 --> 01:00:00.000
How <00:01:04.000><c.loud>are</c> you &amp; yours?
"""

LONG = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 5
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "Client"
        xmin = 0
        xmax = 5
        intervals: size = 2
        intervals [1]:
            xmin = 0
            xmax = 2.5
            text = ""
        intervals [2]:
            xmin = 2.5
            xmax = 5
            text = "I said ""no"" ! and 3 more"
    item [2]:
        class = "IntervalTier"
        name = "Therapist"
        xmin = 0
        xmax = 5
        intervals: size = 1
        intervals [1]:
            xmin = 1
            xmax = 2
            text = "Go on."
"""
SHORT = '''File type = "ooTextFile"
Object class = "TextGrid"

0
5
<exists>
1
"IntervalTier"
"words"
0
5
2
0
2.5
""
2.5
5
"I said ""no"""
'''


def read(folder: Path, name: str, content: str | bytes) -> Transcript:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_transcripts([(path, "")])


def reason(folder: Path, name: str, content: str | bytes) -> str:
    with pytest.raises(RecordingRejected) as drop:
        read(folder, name, content)
    return drop.value.reason


def test_srt(tmp_path: Path) -> None:
    assert read(tmp_path, "x.srt", SRT) == Transcript(CUES, timed=True)
    assert read(tmp_path, "x.SRT", SRT.replace("\n", "\r\n")).cues == CUES
    assert read(tmp_path, "x.srt", SRT.replace("\n\n", "\n")).cues == CUES
    assert read(tmp_path, "x.srt", SRT.replace("1\n00", "00").replace("2\n00", "00")).cues == CUES


def test_srt_markup_goes_and_odd_text_stays(tmp_path: Path) -> None:
    text = SRT.replace(
        "Hello there.", "{\\an8}<i>Hello</i> <font color='red'>1 < 2</font>\n\n7 days"
    )
    assert read(tmp_path, "x.srt", text).cues[0].text == "Hello 1 < 2 7 days"


def test_srt_with_a_time_nobody_can_read(tmp_path: Path) -> None:
    cues = read(tmp_path, "x.srt", SRT.replace("00:00:01,000", "00:00:0x")).cues
    assert cues[0].start != cues[0].start and cues[0].end == 2.5 and cues[1] == CUES[1]


def test_vtt(tmp_path: Path) -> None:
    assert read(tmp_path, "x.vtt", VTT).cues == [
        Cue(1.0, 2.5, "Hello there.", "Dr Lee"),
        Cue(63.5, 3600.0, "How are you & yours?"),
    ]


def test_textgrid_long_form_with_a_tier_for_each_speaker(tmp_path: Path) -> None:
    assert read(tmp_path, "x.TextGrid", LONG).cues == [
        Cue(1.0, 2.0, "Go on.", "Therapist"),
        Cue(2.5, 5.0, 'I said "no" ! and 3 more', "Client"),
    ]


def test_textgrid_short_form_with_one_tier_has_no_speaker(tmp_path: Path) -> None:
    assert read(tmp_path, "x.textgrid", SHORT).cues == [Cue(2.5, 5.0, 'I said "no"')]


def test_textgrid_points_are_left_out_and_told(tmp_path: Path) -> None:
    points = '"TextTier"\n"beeps"\n0\n5\n1\n1.5\n"beep"\n'
    text = SHORT.replace("<exists>\n1\n", "<exists>\n2\n" + points)
    found = read(tmp_path, "x.TextGrid", text)
    assert [cue.text for cue in found.cues] == ['I said "no"']
    assert found.notices == ("point_tiers_ignored",)


@pytest.mark.parametrize("bare", [False, True])
def test_json(tmp_path: Path, bare: bool) -> None:
    rows = [
        {"id": 0, "start": 1, "end": 2.5, "text": " Hello there. ", "tokens": [1, 2]},
        {"start": 63.5, "end": 3600.0, "text": "How are\nyou?", "speaker": "SPEAKER_01"},
        {"start": "soon", "end": None, "text": "No times."},
    ]
    text = json.dumps(rows if bare else {"text": "all of it", "segments": rows, "language": "en"})
    found = read(tmp_path, "x.json", text).cues
    assert found[:2] == [CUES[0], Cue(63.5, 3600.0, "How are you?", "SPEAKER_01")]
    assert found[2].start != found[2].start and found[2].end != found[2].end


def test_plain_text_is_its_paragraphs_without_times(tmp_path: Path) -> None:
    found = read(tmp_path, "x.txt", "  Hello\tthere.\n\nHow are   you? \n")
    assert not found.timed and [cue.text for cue in found.cues] == [
        "Hello there.",
        "How are you?",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    ("name", "text"), [("x.txt", "Zoë sagt 你好"), ("x.srt", SRT), ("x.vtt", VTT),
                       ("x.TextGrid", LONG), ("x.json", '[{"start":0,"end":1,"text":"é"}]')]
)  # fmt: skip
def test_every_encoding_of_every_format(
    tmp_path: Path, name: str, text: str, encoding: str
) -> None:
    plain = read(tmp_path, name, text)
    assert read(tmp_path, name, text.encode(encoding)) == plain
    assert read(tmp_path, name, "\ufeff".encode("utf-16-be") + text.encode("utf-16-be")) == plain


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
    assert split_label(text) == (speaker, rest)


def test_labels_of_one_speaker_count_and_those_of_several_go(tmp_path: Path) -> None:
    one = read(tmp_path, "x.srt", SRT.replace("How are\nyou?", "Client: Yes.\nClient: No."))
    assert one.cues[1] == Cue(63.5, 3600.0, "Yes. No.", "Client")
    two = read(tmp_path, "x.srt", SRT.replace("How are\nyou?", "Client: How?\nTherapist: You?"))
    assert two.cues[1] == Cue(63.5, 3600.0, "How? You?", "")


def test_subtitles_under_another_suffix_are_known_by_their_content(tmp_path: Path) -> None:
    for name, text in (("x.txt", SRT), ("x.vtt", SRT), ("x.srt", VTT), ("x.txt", VTT)):
        found = read(tmp_path, name, text)
        assert found.timed and len(found.cues) == 2
        assert found.notices == ("transcript_wrong_extension",)
    assert not read(tmp_path, "x.txt", "an arrow --> here").timed


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.txt", b""), ("x.srt", b" \n\t\n"), ("x.txt", b"\xef\xbb\xbf"), ("x.txt", "Client:"),
     ("x.srt", "1\n00:00:01,000 --> 00:00:02,000\n\n"), ("x.json", '{"segments": []}'),
     ("x.json", "[]"), ("x.TextGrid", SHORT.replace('"I said ""no"""', '" "'))],
)  # fmt: skip
def test_empty(tmp_path: Path, name: str, content: str | bytes) -> None:
    assert reason(tmp_path, name, content) == "transcript_empty"


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04\x14\0\x06\0", b"%PDF-1.7\n", rb"{\rtf1\ansi Hello}", b"\xd0\xcf\x11\xe0\xa1",
     b"Hello\0there", "Hello".encode("utf-32"), "Hello".encode("utf-16-le"), b"\x89PNG\r\n\0\0"],
)  # fmt: skip
def test_binary(tmp_path: Path, content: bytes) -> None:
    assert reason(tmp_path, "x.txt", content) == "transcript_binary"


@pytest.mark.parametrize("content", ["Zoë".encode("latin-1"), b"\x93Hi\x94", b"\xff\xfeH\0i"])
def test_not_utf8(tmp_path: Path, content: bytes) -> None:
    assert reason(tmp_path, "x.txt", content) == "transcript_not_utf8"


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.srt", "only words"), ("x.vtt", "only words"), ("x.vtt", "WEBVTT\n\nNOTE nothing\n"),
     ("x.json", '{"segments": [}'), ("x.json", '{"text": "words"}'), ("x.json", "[1, 2]"),
     ("x.json", '[{"start": 0, "end": 1}]'), ("x.json", '"words"'), ("x.json", "[" * 99_999),
     ("x.TextGrid", "only words"), ("x.TextGrid", LONG[: len(LONG) // 2]),
     ("x.TextGrid", LONG.replace('"IntervalTier"', '"Sound"', 1))],
)  # fmt: skip
def test_unreadable(tmp_path: Path, name: str, content: str) -> None:
    assert reason(tmp_path, name, content) == "transcript_unreadable"


def test_a_transcript_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(RecordingRejected, match="transcript_unreadable"):
        read_transcripts([(tmp_path / "x.txt", "")])
