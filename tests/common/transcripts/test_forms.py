"""Detection of a file by its content: encodings, wrong suffixes, unknown formats."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest

from stages.common.core.rejections import NOTICE, RECORDING, RecordingRejected
from stages.common.transcripts.forms import SUFFIXES
from tests.support.mini_project import MiniProject
from tests.support.transcripts import LONG, SHORT, SRT, VTT, read, reason

GERMAN = "T: Wie war die Woche für Sie?\nC: \u201eSch\u00f6n\u201c \u2013 na ja … größtenteils."
FRENCH = "T: Où êtes-vous allé ?\nC: Nulle part, ça m\u2019a coûté 5 €, c\u2019est l\u2019été."
ENGLISH = "T: And the caf\u00e9?\nC: \u201cI didn\u2019t go\u201d \u2014 no\u2026"


@pytest.mark.parametrize(
    "text", [GERMAN, FRENCH, ENGLISH, "C: \u00c9lodie, \u00c5SA, O\u2019Br\u00edan."]
)
def test_windows_1252(tmp_path: Path, text: str) -> None:
    transcript = read(tmp_path, "x.txt", text.encode("cp1252"))
    assert transcript.cues == read(tmp_path, "x.txt", text).cues
    assert transcript.notices == ("encoding_guessed",)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(("name", "text"), [("x.txt", GERMAN), ("x.srt", SRT), ("x.vtt", VTT)])
def test_utf_16_without_a_mark(tmp_path: Path, name: str, text: str, encoding: str) -> None:
    transcript = read(tmp_path, name, text.encode(encoding))
    assert transcript.cues == read(tmp_path, name, text).cues
    assert transcript.notices == ("encoding_guessed",)


@pytest.mark.parametrize(
    "content",
    [
        "<!DOCTYPE html>\n<html><body><p>T: Hello there.</p></body></html>",
        "<html>\n<body>T: Hello</body></html>",
        '<?xml version="1.0"?>\n<tt xmlns="http://www.w3.org/ns/ttml"><body><p>Hi</p></body></tt>',
        '<tt xmlns="http://www.w3.org/ns/ttml"><body><p begin="1s">Hi</p></body></tt>',
        "<SAMI>\n<BODY><SYNC Start=1><P>Hi</SAMI>",
        "<transcript><turn who='T'>Hi</turn></transcript>",
        "\\documentclass{article}\n\\begin{document}T: Hello\\end{document}",
        "SPEAKER s1 1 4.0 2.5 <NA> <NA> T <NA> <NA>\nSPEAKER s1 1 9.0 2.5 <NA> <NA> C <NA> <NA>",
        "[Script Info]\nTitle: x\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,,T,Hello",
    ],
)
def test_an_unknown_form_is_never_read_as_words(tmp_path: Path, content: str) -> None:
    assert reason(tmp_path, "x.txt", content) == "transcript_form_unknown"
    for message in ("transcript_form_unknown", "transcript_unreadable", "transcript_binary"):
        for suffix in SUFFIXES:
            assert suffix.lower() in RECORDING[message].lower()
        assert "\n" not in RECORDING[message]


@pytest.mark.parametrize(
    "content",
    [
        '{"results": {"items": [{"content": "did"}, {"con',
        '[{"start": 0.0, "end": 1.0, "text": "Did you',
        LONG[: len(LONG) // 2], LONG[30:], SHORT[: len(SHORT) // 2],
        SRT.replace(",000", "").replace(",500", "").replace(",5 ", " "),
        "<?xml version='1.0'?><ANNOTATION_DOCUMENT><TIER TIER_ID='T'><ANNOTATION>did you",
        "s1 A 0.50 0.30 did\ns1 A 0.85 0.20 you\ns1 A 1.10 0.40 go\ns1 A 3.0 0.2 on\ns1 A bro",
        "s1 1 T 0.5 2.0 did you\ns1 1 C 2.5 4.2 no\ns1 1 T 5 6 so\ns1 1 C 7 8 on\ns1 1",
    ],
)  # fmt: skip
def test_a_damaged_file_of_another_form_is_never_read_as_words(
    tmp_path: Path, content: str
) -> None:
    assert reason(tmp_path, "x.txt", content) == "transcript_unreadable"


def test_chat_without_headers(tmp_path: Path) -> None:
    text = "*TER:\tdid you ?\n%mor:\tv|do\n*CLI:\tno .\n"
    cues = read(tmp_path, "x.txt", text).cues
    assert [(cue.speaker, cue.text) for cue in cues] == [("TER", "did you?"), ("CLI", "no.")]


def test_every_suffix_is_read_by_content(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        for text, own in ((SRT, ".srt"), (VTT, ".vtt"), ("\n\n" + VTT, ".vtt")):
            transcript = read(tmp_path, f"x{suffix}", text)
            assert transcript.timed and len(transcript.cues) == 2
            wrong = () if suffix == own else ("transcript_wrong_extension",)
            assert transcript.notices == wrong


@pytest.mark.parametrize(
    "text",
    ["<laughs> So.", "<i>Never</i> again.", "<T> Hello.\n<C> Hi.", "{sighs} So.", "[laughs] So.",
     "[1] So.", "@home we slept.", "*sighs* So.", "0.5 of it, then 2.0 of that.", "{}", "[]"],
)  # fmt: skip
def test_text_that_begins_like_another_form_is_text(tmp_path: Path, text: str) -> None:
    if text in ("{}", "[]"):  # JSON of nothing
        assert reason(tmp_path, "x.txt", text) in ("transcript_unreadable", "transcript_empty")
    else:
        assert not read(tmp_path, "x.txt", text).timed


def test_a_transcript_of_an_unknown_suffix_counts_where_a_recording_has_its_name(
    mini: MiniProject, capsys: pytest.CaptureFixture[str]
) -> None:
    mini.valid()
    mini.audio("a.wav")
    (mini.sessions / "transcripts" / "a.pdf").write_bytes(b"%PDF-1.7\nHello")
    mini.audio("b.wav")
    mini.transcript("b.odd", SRT.partition("\n\n")[0])  # the second cue lasts an hour
    mini.audio("c.wav")
    mini.transcript("c.odd", "only words")
    (mini.sessions / "transcripts" / "other.pdf").write_bytes(b"%PDF-1.7\nHello")
    metrics = mini.segment().metrics
    assert metrics["dropped_recordings"] == {"transcript_binary": 1, "transcript_form_unknown": 1}
    assert metrics["kept"] == 2 and metrics["notices"]["ignored_files"] == 1
    assert metrics["notices"]["transcript_wrong_extension"] == 1
    lines = capsys.readouterr().out.splitlines()
    # Of the two that were dropped, and of the file that was ignored.
    assert sum(".docx" in line and ".srt" in line for line in lines) == 3
    assert sum(NOTICE["transcript_wrong_extension"] in line for line in lines) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.srt", SRT.replace("00:01:03", f"{'9' * 400}:01:03")),
        ("x.csv", f"start,end,text\n{'9' * 400},2,One.\n3,{'9' * 5000},Two.\n"),
        ("x.json", f'[{{"start": {"9" * 400}, "end": 1e999, "text": "One."}}]'),
        ("x.json", f'{{"transcription": [{{"offsets": {{"to": {"9" * 400}}}, "text": "One."}}]}}'),
        ("x.cha", f"@UTF8\n*CLI:\tno . \x15{'9' * 400}_1\x15\n"),
        ("x.sbv", f"{'9' * 400}:00:00.0,0:00:02.0\nOne.\n"),
        ("x.json", '[{"start": 0, "end": 1, "text": "One \\ud83d two", "speaker": "T\\udc00"}]'),
        ("x.eaf", "<ANNOTATION_DOCUMENT><TIME_ORDER><TIME_SLOT TIME_SLOT_ID='a' TIME_VALUE='x'/>"),
        ("x.lrc", f"[{'9' * 400}:00.00]One.\n[00:01.00]Two."),
    ],
)  # fmt: skip
def test_absurd_values_stop_nothing(tmp_path: Path, name: str, text: str) -> None:
    try:
        cues = read(tmp_path, name, text).cues
    except RecordingRejected as rejection:
        assert rejection.reason in RECORDING
    else:
        assert all((cue.text + cue.speaker).encode() for cue in cues)


@pytest.mark.parametrize(
    ("name", "begin", "repeated"),
    [
        ("x.txt", "T: a\nC: b\n", "\n"), ("x.txt", "T: a\nC: b\n", "\t"), ("x.txt", "", "\r"),
        ("x.vtt", "WEBVTT\n\n00:01.0 --> 00:02.0\n", "\t"),
        ("x.vtt", "WEBVTT\n\n00:01.0 --> 00:02.0\n", "<v "),
        ("x.vtt", "WEBVTT\n\n00:01.0 --> 00:02.0\n", "<c."),
        ("x.srt", SRT, "{\\"), ("x.cha", "@UTF8\n*PAR:\t", "("), ("x.cha", "@UTF8\n*PAR:\t", "[<"),
    ],
)  # fmt: skip
def test_time_grows_with_the_length(tmp_path: Path, name: str, begin: str, repeated: str) -> None:
    """Each took a minute or more where it grew with the square of the length."""
    before = time.process_time()
    with contextlib.suppress(RecordingRejected):
        read(tmp_path, name, begin + repeated * (60_000 // len(repeated)))
    assert time.process_time() - before < 15
