"""Transcripts of linguists' tools: CHAT, ELAN, TextGrid's tiers, NIST's CTM and STM."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from stages.common.transcripts.chat import plain_words
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.marks import UNKNOWN
from stages.common.transcripts.tier_names import has_speech, speaker_of
from tests.support.transcripts import SHORT, read, reason

CHAT = """@UTF8
@Begin
@Languages:\teng
@Participants:\tTER Nora Therapist, PAR Sam Client
@ID:\teng|x|TER||female|||Therapist|||
@Media:\ts1, audio
*TER:\tdid you go &-um outside ? \x15500_2000\x15
%com:\tlooks at the window
*PAR:\tnot on [//] since Sunday , &+n no +...
\tbut I wanted to . \x152500_5250\x15
%mor:\tadv|not
*TER:\txxx tell me . \x155300_6000\x15
@End
"""


def test_chat(tmp_path: Path) -> None:
    for name, notices in (("x.cha", ()), ("x.txt", ("transcript_wrong_extension",))):
        transcript = read(tmp_path, name, CHAT)
        assert transcript.cues == [
            Cue(0.5, 2.0, "did you go um outside?", "Therapist"),
            Cue(2.5, 5.25, "not on since Sunday , no but I wanted to.", "Client"),
            Cue(5.3, 6.0, f"{UNKNOWN} tell me.", "Therapist"),
        ]
        assert transcript.timed and transcript.notices == notices
        assert transcript.marks == {"fragment": 1, "inaudible": 1}


def test_chat_without_times(tmp_path: Path) -> None:
    text = "".join(
        line.partition(" \x15")[0] + "\n" if "\x15" in line else line
        for line in CHAT.splitlines(True)
    )
    transcript = read(tmp_path, "x.cha", text)
    assert not transcript.timed and len(transcript.cues) == 3
    some = CHAT.replace(" \x15500_2000\x15", "")
    cues = read(tmp_path, "x.cha", some).cues
    assert math.isnan(cues[0].start) and cues[1].start == 2.5
    assert reason(tmp_path, "x.cha", "@UTF8\n@Begin\n@End\n") == "transcript_unreadable"
    assert reason(tmp_path, "x.cha", "only words") == "transcript_unreadable"


@pytest.mark.parametrize(
    ("coded", "words"),
    [
        ("I <went home> [/] went home .", "I went home went home."),
        ("I goed [: went] [*] home .", "I goed home."),
        ("he is [!] tired [=! crying] .", "he is tired."),
        ("that is 0the (be)cause we runnin(g) .", "that is because we running."),
        ("ice_cream and choo+choo@o .", "ice cream and choo choo."),
        ("hola@s:spa \u201e she said .", "hola , she said."),
        ("+< yes . ", "yes."),
        ("I think [?] so .", "I [think?] so."),
        ("<the dog> [?] left [% slowly] .", "[the dog?] left."),
        ("yyy left www .", "[inaudible] left [inaudible]."),
        ("(.) well (..) no (1.5) .", "(.) well (..) no (1.5)."),
    ],
)
def test_chat_codes(coded: str, words: str) -> None:
    assert plain_words(coded) == words


EAF = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="" DATE="2024-01-01T00:00:00+00:00" FORMAT="3.0" VERSION="3.0">
 <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"/>
 <TIME_ORDER>
  <TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="500"/><TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="2000"/>
  <TIME_SLOT TIME_SLOT_ID="ts3" TIME_VALUE="2500"/><TIME_SLOT TIME_SLOT_ID="ts4" TIME_VALUE="4250"/>
  <TIME_SLOT TIME_SLOT_ID="ts5"/>
 </TIME_ORDER>
 <TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="client">
  <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="ts3" TIME_SLOT_REF2="ts4">
   <ANNOTATION_VALUE>Not &amp; never.</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
 </TIER>
 <TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="A" PARTICIPANT="Therapist">
  <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2">
   <ANNOTATION_VALUE>Did you go?</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
 </TIER>
 <TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="notes">
  <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a3" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts5">
   <ANNOTATION_VALUE>ask again</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
 </TIER>
 <TIER LINGUISTIC_TYPE_REF="tr" PARENT_REF="client" TIER_ID="client-fr">
  <ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a4" ANNOTATION_REF="a2">
   <ANNOTATION_VALUE>Jamais.</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
 </TIER>
 <LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="default-lt" TIME_ALIGNABLE="true"/>
</ANNOTATION_DOCUMENT>
"""


def test_elan(tmp_path: Path) -> None:
    for name in ("x.eaf", "x.txt"):
        transcript = read(tmp_path, name, EAF)
        assert transcript.cues == [
            Cue(0.5, 2.0, "Did you go?", "Therapist"), Cue(2.5, 4.25, "Not & never.", "Client"),
        ]  # fmt: skip
        assert "note_tiers_ignored" in transcript.notices
    utf_16 = EAF.replace('"UTF-8"', '"UTF-16"').encode("utf-16")
    assert len(read(tmp_path, "x.eaf", utf_16).cues) == 2
    for damage in (EAF[:900], EAF.replace("ts4", "ts9", 1), "only words", "<xml/>"):
        assert reason(tmp_path, "x.eaf", damage) == "transcript_unreadable"
    open_end = EAF.replace('REF2="ts4"', 'REF2="ts5"')
    assert math.isnan(read(tmp_path, "x.eaf", open_end).cues[1].end)


def tier(name: str, words: str) -> str:
    return f'"IntervalTier"\n"{name}"\n0\n5\n1\n1\n2\n"{words}"\n'


def test_a_textgrids_notes_are_no_speech(tmp_path: Path) -> None:
    for notes in ("notes", "Notes", "comments", "T - notes", "noise", "Client - phones", "codes"):
        text = SHORT.replace("<exists>\n1\n", "<exists>\n2\n" + tier(notes, "ask again"))
        transcript = read(tmp_path, "x.TextGrid", text)
        assert [(cue.speaker, cue.text) for cue in transcript.cues] == [("", 'I said "no"')]
        assert transcript.notices == ("note_tiers_ignored",)
    only = SHORT.replace('"words"', '"notes"')
    assert reason(tmp_path, "x.TextGrid", only) == "transcript_empty"
    wrong = read(tmp_path, "x.txt", SHORT)
    assert wrong.timed and wrong.notices == ("transcript_wrong_extension",)


def test_the_speaker_in_a_tiers_name() -> None:
    assert [speaker_of(name) for name in ("Client - words", "T/text", "Anna-Lena", "words")] == [
        "Client", "T", "Anna-Lena", "words",
    ]  # fmt: skip
    assert all(map(has_speech, ("Client", "T - words", "Notaro", "words", "Anna-Lena", "")))


CTM = """;; a comment
s1 A 0.50 0.30 did <NA>
s1 A 0.85 0.20 you 0.99
s1 A 1.10 0.40 go 0.98 lex
s1 A 3.00 0.25 outside 0.97
s1 B 2.00 0.50 no 0.9
"""


def test_ctm(tmp_path: Path) -> None:
    one = "".join(line for line in CTM.splitlines(True) if " B " not in line)
    for name, notices in (("x.ctm", ()), ("x.txt", ("transcript_wrong_extension",))):
        transcript = read(tmp_path, name, one)
        assert [(c.start, c.end, c.text, c.speaker) for c in transcript.cues] == [
            (0.5, 1.5, "did you go", ""), (3.0, 3.25, "outside", ""),
        ]  # fmt: skip
        assert transcript.notices == notices
    assert [(cue.text, cue.speaker) for cue in read(tmp_path, "x.ctm", CTM).cues] == [
        ("did you go", "A"), ("no", "B"), ("outside", "A"),
    ]  # fmt: skip


def test_stm(tmp_path: Path) -> None:
    text = "s1 1 T 0.50 2.00 <o,f0> did you go\ns1 1 C 2.50 4.25 not since Sunday\n"
    for name in ("x.stm", "x.txt"):
        assert read(tmp_path, name, text).cues == [
            Cue(0.5, 2.0, "did you go", "Therapist"), Cue(2.5, 4.25, "not since Sunday", "Client"),
        ]  # fmt: skip
    skipped = "s1 1 x 0 0.5 ignore_time_segment_in_scoring\n"
    assert len(read(tmp_path, "x.stm", skipped + text).cues) == 2
    for name in ("x.ctm", "x.stm"):
        assert reason(tmp_path, name, "only words\n") == "transcript_unreadable"


def test_silences_of_an_aligner_are_no_words(tmp_path: Path) -> None:
    for pause in ("sil", "SIL", "sp", "<p:>", "#", "_", "<sil>", "pau"):
        text = SHORT.replace('""\n', f'"{pause}"\n', 1)
        assert [cue.text for cue in read(tmp_path, "x.TextGrid", text).cues] == ['I said "no"']
    for noise in ("spn", "<unk>", "<usb>"):
        text = SHORT.replace('""\n', f'"{noise}"\n', 1)
        transcript = read(tmp_path, "x.TextGrid", text)
        assert transcript.cues[0].text == UNKNOWN and transcript.marks == {"inaudible": 1}
    said = SHORT.replace('""\n', '"sip"\n', 1)
    assert read(tmp_path, "x.TextGrid", said).cues[0].text == "sip"


def test_text_that_depends_on_numbers_in_elan(tmp_path: Path) -> None:
    """Field linguists' templates: the text is in a tier that refers to one of numbers."""

    def tier(name: str, parent: str, rows: str) -> str:
        return f'<TIER TIER_ID="{name}" {parent}>{rows}</TIER>'

    def aligned(number: int, words: str) -> str:
        return (
            f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{number}" '
            f'TIME_SLOT_REF1="t{number}" TIME_SLOT_REF2="t{number + 1}">'
            f"<ANNOTATION_VALUE>{words}</ANNOTATION_VALUE>"
            "</ALIGNABLE_ANNOTATION></ANNOTATION>"
        )

    def dependent(number: int, words: str) -> str:
        return (
            f'<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="r{number}" ANNOTATION_REF="a{number}">'
            f"<ANNOTATION_VALUE>{words}</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>"
        )

    slots = "".join(f'<TIME_SLOT TIME_SLOT_ID="t{n}" TIME_VALUE="{n * 500}"/>' for n in range(6))
    tiers = (
        tier("ref@T", "", aligned(1, "001") + aligned(3, "002"))
        + tier("ft@T", 'PARENT_REF="ref@T"', dependent(1, "Bist du gegangen?"))
        + tier("tx@T", 'PARENT_REF="ref@T"', dependent(1, "Did you go?") + dependent(3, "So?"))
        + tier("ref@C", "", aligned(4, "001"))
        + tier("tx@C", 'PARENT_REF="ref@C"', dependent(4, "Never."))
    )
    text = f"<ANNOTATION_DOCUMENT><TIME_ORDER>{slots}</TIME_ORDER>{tiers}</ANNOTATION_DOCUMENT>"
    assert read(tmp_path, "x.eaf", text).cues == [
        Cue(0.5, 1.0, "Did you go?", "Therapist"), Cue(1.5, 2.0, "So?", "Therapist"),
        Cue(2.0, 2.5, "Never.", "Client"),
    ]  # fmt: skip
