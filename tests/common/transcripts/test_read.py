"""Reading a transcript file: encodings, marks, and every reason to reject it."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.marks import UNKNOWN
from stages.common.transcripts.read import read_transcripts
from tests.support.transcripts import LONG, SHORT, SRT, VTT, read, reason


def test_plain_text_gives_paragraphs_without_times(tmp_path: Path) -> None:
    transcript = read(tmp_path, "x.txt", "  Hello\tthere.\n\nHow are   you? \n")
    assert not transcript.timed and [cue.text for cue in transcript.cues] == [
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


def test_marks_in_a_transcript_with_times(tmp_path: Path) -> None:
    transcript = read(
        tmp_path, "x.csv", "start,end,text\n1,2,[laughs] No.\n3,4,In [CITY].\n5,6,<x y>\n"
    )
    assert [cue.text for cue in transcript.cues] == ["No.", f"In {UNKNOWN} .", UNKNOWN]
    assert transcript.marks == {"direction": 1, "redaction": 1, "unknown_mark": 1}
    assert transcript.notices == ("unknown_marks",)


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
    [b"PK\x03\x04\x14\0\x06\0", b"%PDF-1.7\n", b"\xd0\xcf\x11\xe0\xa1",
     b"Hello\0there", "Hello".encode("utf-32"), "Hello".encode("utf-32-le"), b"\x89PNG\r\n\0\0",
     "\u043f\u0440\u0438\0".encode("utf-16-le"), b"\0" * 64],
)  # fmt: skip
def test_binary(tmp_path: Path, content: bytes) -> None:
    assert reason(tmp_path, "x.txt", content) == "transcript_binary"


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfeH\0i", b"Hello \x81 there", "Привет, как дела?".encode("cp1251"),
     "Jak się pan czuł w tym tygodniu?".encode("cp1250"), "It doesn\u2019t.".encode("mac-roman"),
     "Ça l\u2019a gêné.".encode("mac-roman"), "こんにちは".encode("shift-jis")],
)  # fmt: skip
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


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(RecordingRejected, match="transcript_unreadable"):
        read_transcripts([(tmp_path / "x.txt", "")])
