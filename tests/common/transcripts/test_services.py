"""Text as transcription services and meetings export it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.transcripts import read

SAID = [
    ("Nora Blake", "Shall we begin with the diary?"),
    ("Sam Ford", "I did not write on Sunday."),
    ("Nora Blake", "What came in between?"),
]
OTTER = """Nora Blake  0:04  
Shall we begin
with the diary?

Sam Ford  0:09  
I did not write on Sunday.

Nora Blake  1:00:12  
What came in between?

Transcribed by https://otter.ai
"""
REV = """Nora Blake (00:04):
Shall we begin with the diary?

Sam Ford (00:09):
I did not write on Sunday.

Nora Blake (00:12):
What came in between?
"""
REV_PLAIN = """Nora Blake: (00:04)
Shall we begin with the diary?

Sam Ford: (00:09)
I did not write on Sunday.

Nora Blake: (00:12)
What came in between?
"""
TEAMS = """Weekly call-20240305_100200-Meeting Recording
March 5, 2024, 10:02AM
32m 5s

Nora Blake started transcription

Nora Blake   0:04
Shall we begin with the diary?

Sam Ford   0:09
I did not write on Sunday.

Nora Blake   0:12
What came in between?

Nora Blake stopped transcription
"""
TEAMS_TIMED = """0:0:4.0 --> 0:0:6.500
Nora Blake
Shall we begin with the diary?

0:0:9.0 --> 0:0:11.120
Sam Ford
I did not write on Sunday.

0:0:12.30 --> 0:0:14.0
Nora Blake
What came in between?
"""
TEAMS_VTT = """WEBVTT

00:00:04.000 --> 00:00:06.500
<v Nora Blake>Shall we begin with the diary?</v>

1b2c-9
00:00:09.000 --> 00:00:11.120
<v Sam Ford>I did not write on Sunday.</v>

00:00:12.300 --> 00:00:14.000
<v Nora Blake>What came in between?</v>
"""
ZOOM_VTT = """WEBVTT

1
00:00:04.000 --> 00:00:06.500
Nora Blake: Shall we begin with the diary?

2
00:00:09.000 --> 00:00:11.120
Sam Ford: I did not write on Sunday.

3
00:00:12.300 --> 00:00:14.000
Nora Blake: What came in between?
"""
ZOOM_CAPTIONS = """[Nora Blake] 10:02:04
Shall we begin with the diary?

[Sam Ford] 10:02:09
I did not write on Sunday.

[Nora Blake] 10:02:12
What came in between?
"""
ZOOM_CHAT = """10:02:04\t From Nora Blake : Shall we begin with the diary?
10:02:09\t From Sam Ford : I did not write on Sunday.
10:02:12\t From Nora Blake : What came in between?
"""
ZOOM_CHAT_TO = """10:02:04 From Nora Blake to Everyone:
\tShall we begin with the diary?
10:02:09 From Sam Ford to Nora Blake(Direct Message):
\tI did not write on Sunday.
10:02:12 From Nora Blake To Everyone :
\tWhat came in between?
"""
ZOOM_CHAT_SHORT = """00:00:04\tNora Blake:\tShall we begin with the diary?
00:00:09\tSam Ford:\tI did not write on Sunday.
00:00:12\tNora Blake:\tWhat came in between?
"""
TRINT = """Nora Blake [00:00:04] Shall we begin with the diary?

Sam Ford [00:00:09] I did not write on Sunday.

Nora Blake [00:00:12] What came in between?
"""
TRINT_ABOVE = """[00:00:04] Nora Blake
Shall we begin with the diary?

[00:00:09] Sam Ford
I did not write on Sunday.

[00:00:12] Nora Blake
What came in between?
"""
DESCRIPT = """# Session with Sam

**Nora Blake:** [00:00:04] Shall we begin with the diary?

**Sam Ford:** [00:00:09] I did not write on Sunday.

**Nora Blake:** [00:00:12] What came in between?
"""
DESCRIPT_ABOVE = """[00:00:04.12] Nora Blake: Shall we begin with the diary?

[00:00:09.50] Sam Ford: I did not write on Sunday.

[00:00:12.00] Nora Blake: What came in between?
"""
WORD = """Audio file
Session 4.m4a

Transcript
00:00:04 Nora Blake
Shall we begin with the diary?
00:00:09 Sam Ford
I did not write on Sunday.
00:00:12 Nora Blake
What came in between?
"""
SONIX = """Nora Blake: [00:00:04] Shall we begin with the diary?

Sam Ford: [00:00:09] I did not write on Sunday.

Nora Blake: [00:00:12] What came in between?
"""
PREMIERE = """00:00:04:12 - 00:00:06:20
Nora Blake
Shall we begin with the diary?

00:00:09:00 - 00:00:11:02
Sam Ford
I did not write on Sunday.

00:00:12:07 - 00:00:14:00
Nora Blake
What came in between?
"""
TIME_BELOW = """Nora Blake
0:04
Shall we begin with the diary?
Sam Ford
0:09
I did not write on Sunday.
Nora Blake
0:12
What came in between?
"""
PICTURES = TIME_BELOW.replace("Nora B", "NB\nNora B").replace("Sam", "SF\nSam")
TABS = """Nora Blake:\t00:04\tShall we begin with the diary?
Sam Ford:\t00:09\tI did not write on Sunday.
Nora Blake:\t00:12\tWhat came in between?
"""
SONIX_FILE = "session4.mp3\n\n" + SONIX
CLOCKS = """[00:00:04] **Nora Blake:** Shall we begin with the diary?
[00:00:09] **Sam Ford:** I did not write on Sunday.
[00:00:12] **Nora Blake:** What came in between?
"""
NVIVO = """Timespan\tContent\tSpeaker
0:04.0 - 0:06.5\tShall we begin with the diary?\tNora Blake
0:09.0 - 0:11.12\tI did not write on Sunday.\tSam Ford
0:12.3 - 0:14.0\tWhat came in between?\tNora Blake
"""
WHATSAPP = """[05/03/2024, 10:02:04] Nora Blake: Shall we begin with the diary?
[05/03/2024, 10:02:09] Sam Ford: I did not write on Sunday.
[05/03/2024, 10:02:12] Nora Blake: What came in between?
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.txt", OTTER), ("x.txt", REV), ("x.txt", REV_PLAIN), ("x.txt", TEAMS),
        ("x.txt", TEAMS_TIMED), ("x.vtt", TEAMS_VTT), ("x.txt", TEAMS_VTT), ("x.vtt", ZOOM_VTT),
        ("x.txt", ZOOM_CAPTIONS), ("x.txt", ZOOM_CHAT), ("x.txt", ZOOM_CHAT_TO),
        ("x.txt", ZOOM_CHAT_SHORT), ("x.txt", TRINT), ("x.txt", TRINT_ABOVE), ("x.txt", DESCRIPT),
        ("x.txt", DESCRIPT_ABOVE), ("x.txt", WORD), ("x.txt", SONIX), ("x.txt", PREMIERE),
        ("x.txt", WHATSAPP), ("x.txt", TIME_BELOW), ("x.txt", PICTURES), ("x.txt", TABS),
        ("x.txt", SONIX_FILE), ("x.txt", CLOCKS), ("x.txt", NVIVO), ("x.csv", NVIVO),
    ],
)  # fmt: skip
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_an_export(tmp_path: Path, name: str, text: str, ends: str) -> None:
    transcript = read(tmp_path, name, text.replace("\n", ends))
    assert [(cue.speaker, cue.text) for cue in transcript.cues] == SAID
    timed = "-->" in text or text is NVIVO
    assert transcript.timed == timed
    starts = [4, 9, 3612 if text is OTTER else 12.3 if timed else 12]
    if timed:
        assert [cue.start for cue in transcript.cues] == pytest.approx(starts)
        assert [cue.end for cue in transcript.cues] == pytest.approx([6.5, 11.12, 14])
    elif "10:02:0" in text:  # the time of the day is not the recording's
        assert {cue.start for cue in transcript.cues} == {0.0}
    elif text in (DESCRIPT_ABOVE, PREMIERE):
        assert [int(cue.start) for cue in transcript.cues] == starts
    else:
        assert [cue.start for cue in transcript.cues] == starts


def test_numbered_speakers_of_a_service(tmp_path: Path) -> None:
    for text in (OTTER, REV, REV_PLAIN, TEAMS, TRINT, ZOOM_CAPTIONS, WORD):
        for first, second in (("Speaker 1", "Speaker 2"), ("SPEAKER_00", "SPEAKER_01")):
            named = text.replace("Nora Blake", first).replace("Sam Ford", second)
            cues = read(tmp_path, "x.txt", named).cues
            assert [cue.speaker for cue in cues] == [first, second, first]
            assert [cue.text for cue in cues] == [words for _, words in SAID]


def test_times_without_names(tmp_path: Path) -> None:
    above = "0:04\nshall we begin\n0:09\nI did not\n1:00:12\nwhat came\n"
    beside = "0:04 shall we begin\n0:09 I did not\n1:00:12 what came\n"
    short = "0:04 Okay Nora\n0:09 Thanks Sam\n0:11 Bye Nora\n"
    for text in (above, beside):
        cues = read(tmp_path, "x.txt", text).cues
        assert [(cue.start, cue.text) for cue in cues] == [
            (4, "shall we begin"), (9, "I did not"), (3612, "what came"),
        ]  # fmt: skip
    assert [c.text for c in read(tmp_path, "x.txt", short).cues] == [
        "Okay Nora", "Thanks Sam", "Bye Nora",
    ]  # fmt: skip


def test_a_meetings_transcript(tmp_path: Path) -> None:
    head = "Session 4 (2024-03-05 10:02 GMT) \u2013 Transcript\nAttendees\nNora Blake, Sam Ford\n"
    head += (
        "Transcript\nThis editable transcript was computer generated and might contain errors.\n"
    )
    text = head + "".join(f"{name}: {words}\n" for name, words in SAID)
    for date in ("", "Tue, Mar 05, 2024 10:02AM\n", "5 March 2024\n", "2024-03-05\n"):
        cues = read(tmp_path, "x.txt", f"{date}{text}Meeting ended after 00:32:05\n").cues
        assert [(cue.speaker, cue.text) for cue in cues] == SAID


def test_a_chats_reactions_are_no_messages(tmp_path: Path) -> None:
    text = ZOOM_CHAT_TO.replace("\tI did", '\tReplying to "Shall we begin..."\n\n\tI did')
    text += '10:02:14 From Sam Ford to Everyone:\n\tReacted to "What came..." with +1\n'
    cues = read(tmp_path, "x.txt", text).cues
    assert [(cue.speaker, cue.text) for cue in cues] == SAID


def test_times_of_whole_seconds_are_no_lyrics(tmp_path: Path) -> None:
    text = "[00:00:04] Shall we begin?\n[00:01:09] I did not.\n[01:00:12] What came?\n"
    transcript = read(tmp_path, "x.txt", text)
    assert not transcript.timed and [cue.start for cue in transcript.cues] == [4, 69, 3612]
    lyrics = "[ti:x]\n[00:04:00]Shall we begin?\n[01:09:50]I did not.\n"
    assert [cue.start for cue in read(tmp_path, "x.txt", lyrics).cues] == [4, 69.5]


def test_times_of_f4(tmp_path: Path) -> None:
    text = "I: Shall we begin? #00:00:06-5#\nB: I did not. #00:00:11#\nI: Why? #00:00:14-0#\n"
    cues = read(tmp_path, "x.txt", text).cues
    assert [(cue.speaker, cue.text) for cue in cues] == [
        ("I", "Shall we begin?"), ("B", "I did not."), ("I", "Why?"),
    ]  # fmt: skip


@pytest.mark.parametrize("names", [("Miller, John", "Novak, Anna"), ("Miller, John", "Anna K")])
def test_directory_names_above_their_turns(tmp_path: Path, names: tuple[str, str]) -> None:
    """As Teams has them where an organization lists people by family name."""
    said = ("How was the week?", "It was difficult.", "Tell me more.", "I slept badly.")
    text = "\n".join(f"{names[n % 2]}   0:{10 * n:02d}\n{line}\n" for n, line in enumerate(said))
    transcript = read(tmp_path, "x.txt", text)
    assert [(cue.speaker, cue.text, cue.start) for cue in transcript.cues] == [
        (names[n % 2], line, 10.0 * n) for n, line in enumerate(said)
    ]
    assert transcript.notices == ()
