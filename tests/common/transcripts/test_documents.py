"""Word and RTF documents, their headings, and words that a line's end breaks."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml

from stages.common.transcripts import plain_text
from stages.common.transcripts.hyphens import join_hyphenated
from tests.support.transcripts import SRT, read, reason

TALK = [("Therapist", "Where did you go on Friday?"), ("Client", "Nowhere, it was raining.")]
LINES = ["T: Where did you go on Friday?", "C: Nowhere, it was raining."]
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def turns(text: str) -> list[tuple[str, str]]:
    return [(cue.speaker, cue.text) for cue in plain_text.parse(text)]


def saved(document: docx.document.Document) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def word(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    return saved(document)


def read_turns(folder: Path, name: str, data: bytes) -> list[tuple[str, str]]:
    return [(cue.speaker, cue.text) for cue in read(folder, name, data).cues]


def test_word(tmp_path: Path) -> None:
    assert read_turns(tmp_path, "x.docx", word(*LINES)) == TALK
    assert read(tmp_path, "x.docx", word(*LINES)).notices == ()
    assert (
        read_turns(tmp_path, "x.docx", word("T:\tWhere did you go\non Friday?", LINES[1])) == TALK
    )


def test_word_with_another_suffix(tmp_path: Path) -> None:
    for name in ("x.txt", "x.srt", "x.rtf"):
        assert read_turns(tmp_path, name, word(*LINES)) == TALK
        assert read(tmp_path, name, word(*LINES)).notices == ("transcript_wrong_extension",)
    assert read_turns(tmp_path, "x.docx", "\n".join(LINES).encode()) == TALK


def test_word_with_bold_labels_and_a_heading(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Session 12")
    document.add_paragraph("Date: 4 June\nLength: 50 minutes")
    document.add_paragraph()
    for line in LINES:
        label, _, words = line.partition(" ")
        paragraph = document.add_paragraph()
        paragraph.add_run(label).bold = True
        paragraph.add_run(f" {words}")
    document.sections[0].header.paragraphs[0].text = "Strictly private"
    document.sections[0].footer.paragraphs[0].text = "Page 1"
    transcript = read(tmp_path, "x.docx", saved(document))
    assert [(cue.speaker, cue.text) for cue in transcript.cues] == TALK
    assert transcript.notices == ("heading_ignored",)


def test_tables_of_word(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(0, 3)
    for number, line in enumerate(LINES, 1):
        label, _, words = line.partition(": ")
        for cell, text in zip(table.add_row().cells, (str(number), label, words), strict=True):
            cell.text = text
    assert read_turns(tmp_path, "x.docx", saved(document)) == TALK

    document = docx.Document()
    table = document.add_table(0, 4)
    rows = [("Start", "End", "Speaker", "Text"), ("0:01", "0:03", "T", TALK[0][1]),
            ("0:04", "0:06", "C", TALK[1][1])]  # fmt: skip
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    transcript = read(tmp_path, "x.docx", saved(document))
    assert transcript.timed and [(c.start, c.end, c.text) for c in transcript.cues] == [
        (1, 3, TALK[0][1]), (4, 6, TALK[1][1]),
    ]  # fmt: skip


def test_subtitles_in_word(tmp_path: Path) -> None:
    transcript = read(tmp_path, "x.docx", word(*SRT.splitlines()))
    assert transcript.timed and [cue.text for cue in transcript.cues] == [
        "Hello there.", "How are you?",
    ]  # fmt: skip


def test_tracked_changes_of_word(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("C: I left ")
    for part in (
        f"<w:del {W}><w:r><w:delText>late</w:delText></w:r></w:del>",
        f"<w:ins {W}><w:r><w:t>early</w:t></w:r></w:ins>",
        f'<w:hyperlink {W}><w:r><w:t xml:space="preserve"> again</w:t></w:r></w:hyperlink>',
    ):
        paragraph._p.append(parse_xml(part))
    document.add_paragraph("T: Why?")
    assert read_turns(tmp_path, "x.docx", saved(document))[0] == ("Client", "I left early again")


def test_damaged_word(tmp_path: Path) -> None:
    whole = word(*LINES)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "no xml")
    assert reason(tmp_path, "x.docx", target.getvalue()) == "transcript_unreadable"
    assert reason(tmp_path, "x.docx", whole[: len(whole) // 2]) == "transcript_binary"
    assert reason(tmp_path, "x.docx", word()) == "transcript_empty"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("xl/workbook.xml", "a table of Excel")
    assert reason(tmp_path, "x.docx", target.getvalue()) == "transcript_binary"


RTF = (
    r"{\rtf1\ansi\ansicpg1252\cocoartf2709{\fonttbl\f0\fswiss Helvetica;}{\*\expandedcolortbl;;}"
    "\n" r"\f0\fs24 \cf0 {\b T:} Where did you go on Friday?\par" "\n"
    r"{\b C:} Nowhere, it was raining.\par}"
)  # fmt: skip


def test_rtf(tmp_path: Path) -> None:
    for name, notices in (("x.rtf", ()), ("x.txt", ("transcript_wrong_extension",))):
        assert read_turns(tmp_path, name, RTF.encode()) == TALK
        assert read(tmp_path, name, RTF.encode()).notices == notices
    accents = RTF.replace("Friday", r"caf\'e9 \u8217?s day")
    assert read_turns(tmp_path, "x.rtf", accents.encode())[0][1].count("caf\u00e9 \u2019s day") == 1
    rows = (f"{name}\\cell {words}\\cell\\row " for name, words in TALK)
    table = r"{\rtf1\ansi " + "".join(rows) + "}"
    assert read_turns(tmp_path, "x.rtf", table.encode()) == TALK
    assert reason(tmp_path, "x.rtf", rb"{\rtf1\ansi }") == "transcript_empty"


@pytest.mark.parametrize(
    "heading",
    [
        "Session 4\nDate: 3 May 2021\nPresent: AR, JM\nDuration: 50 min\n\n",
        "Session 4\n\nDate: 3 May 2021\n\nTherapist: Ann Reed\nClient: JM\nSession no. 4\n\n",
        "TRANSCRIPT\n\nRecording: 0042.wav\nTranscribed by: K. Lowe\n\n",
        "Transcript of session 9\n\n",
        "Date: 3 May 2021\nSession number: 4\n",
        "Interview with participant 12\nAge: 34\nLocation: clinic\nWeather: dry\n\n",
        "T = therapist, C = client\n\n",
        "T - Therapist\nC - Client\n\n",
        "Key: T = Therapist; C = Client\nDate: 1.2.2020\n\n",
        "Therapy session #3 - 12/03/2021\n\n",
        "# Session 4\n\n**Date:** 3 May 2021\n**Duration:** 50 min\n\n---\n\n",
        "Date: 3 May 2021\nTherapist: Ann Reed\nClient: JM\n",
        "File name: s4.mp3\nTime: 10:00 - 10:50\nParticipants: therapist (T), client (C)\n\n",
    ],
)
def test_a_heading_is_no_speech(heading: str) -> None:
    cues, notices = plain_text.read(heading + "\n".join(LINES))
    assert [(cue.speaker, cue.text) for cue in cues] == TALK
    assert notices == ("heading_ignored",)


@pytest.mark.parametrize(
    "text",
    [
        "T: Date: what does it mean to you?\nC: Nothing.",
        "T: Hello.\nC: Yes.\nSession: that was the word.\nT: I see.",
        "Time: it heals nothing.\nWe said so.",
        "Therapist: Hello.\nClient: Hi.",
        "Therapist: Yes.\nClient: No.\n\nTherapist: Why?",
        "Notes of a talk\n\nT: Hello.",
        "It was \u2013 late.\n\nT: Hello.\nC: Hi.",
        "We began late.\n\nT: Hello.\nC: Hi.",
    ],
)
def test_speech_is_no_heading(text: str) -> None:
    cues, notices = plain_text.read(text)
    kept = sum(len(cue.text.split()) for cue in cues)
    labels = sum(word in ("T:", "C:", "Therapist:", "Client:") for word in text.split())
    assert kept == len(text.split()) - labels and "heading_ignored" not in notices


def test_footers_are_no_speech() -> None:
    for footer in ("Transcribed by https://otter.ai", "END OF TRANSCRIPT", "[End of recording]",
                   "*** End of session ***", "- End of the interview -", "-----"):  # fmt: skip
        assert turns("\n".join([*LINES, "", footer])) == TALK


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("lo-\nng", "long"),
        ("some-\nthing", "something"),
        ("medica-\n  tion", "medication"),
        ("self-\nharm", "self-harm"),
        ("ex-\nhusband", "ex-husband"),
        ("non-\nbinary", "non-binary"),
        ("I was go-\nand then", "I was go- and then"),
        ("psycho-\neducation", "psycho-education"),
        ("a check-\nup, a check-up", "a check-up, a check-up"),
        ("Kranken-\nhaus", "Krankenhaus"),
        ("I-\nT: no", "I-\nT: no"),
        ("well-\nWell", "well-\nWell"),
        ("twenty-\nfive", "twenty-five"),
        ("3-\n4", "3-\n4"),
        ("no hyphen\nhere", "no hyphen\nhere"),
    ],
)
def test_broken_words(text: str, joined: str) -> None:
    assert join_hyphenated(text) == joined


def test_a_broken_word_that_the_text_has_elsewhere() -> None:
    assert (
        join_hyphenated("EMDR-like flash-\nbacks. flashbacks") == "EMDR-like flashbacks. flashbacks"
    )
    assert join_hyphenated("re-\nenact, re-enact") == "re-enact, re-enact"


def test_content_controls_and_frames_of_word(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(1, 1)
    frame = table.rows[0].cells[0]
    frame.text = LINES[0]
    frame.add_paragraph(LINES[1])
    for number, part in enumerate((
        f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>T: And then?</w:t></w:r></w:p></w:sdtContent>"
        "</w:sdt>",
        f"<w:ins {W}><w:p><w:r><w:t>C: Home.</w:t></w:r></w:p></w:ins>",
        f"<w:p {W}><w:r><w:t>T: I see.</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t> Ask.</w:t>"
        "</w:r></w:p>",
    ), 1):  # fmt: skip
        document.element.body.insert(number, parse_xml(part))
    assert read_turns(tmp_path, "x.docx", saved(document)) == [
        *TALK, ("Therapist", "And then?"), ("Client", "Home."), ("Therapist", "I see."),
    ]  # fmt: skip


def test_a_table_in_a_table_of_word_is_read_once(tmp_path: Path) -> None:
    document = docx.Document()
    row = document.add_table(1, 2).rows[0]
    row.cells[0].text = "T"
    row.cells[1].text = "Where did you go"
    row.cells[1].add_table(1, 1).rows[0].cells[0].text = "on Friday?"
    document.add_paragraph("C\tNowhere, it was raining.")
    assert read_turns(tmp_path, "x.docx", saved(document)) == TALK


def test_deleted_and_hidden_text_of_rtf(tmp_path: Path) -> None:
    edited = RTF.replace("Where", r"{\deleted When}{\v ask} Where").replace("it", r"{\v0 it}")
    assert read_turns(tmp_path, "x.rtf", edited.encode()) == TALK


def test_a_code_page_that_is_not_known(tmp_path: Path) -> None:
    mac = r"{\rtf1\mac\ansicpg10000 T: It\'d5s late.\par C: No.\par}"
    assert reason(tmp_path, "x.rtf", mac) == "transcript_not_utf8"
