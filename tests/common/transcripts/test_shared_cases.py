"""The inputs of shared/cases that went wrong once, read where they are; its README says what is
right: the words turn by turn, who speaks, and the times where the form has them."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from stages.common.transcripts.cue import Cue
from stages.common.transcripts.marks import UNKNOWN, without_marks
from stages.common.transcripts.read import read_transcripts
from tests.support.transcripts import read

SHARED = Path(os.environ.get("ATTUNE_SHARED", Path(__file__).parents[4] / "shared"))
CASES = SHARED / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="no cases at ATTUNE_SHARED")

TURNS = ["So how was the week for you", "It was better than the one before", "What made it better",
         "I slept"]  # fmt: skip
ROLES = ["Therapist", "Client"] * 2
NAMES = ["Alex Reed", "Jo Marsh"] * 2
NUMBERS = ["Speaker 1", "Speaker 2"] * 2


@pytest.mark.parametrize(
    ("name", "turns", "speakers"),
    [
        ("alexander.txt", 4, ROLES), ("bold.txt", 2, ROLES), ("fwprint.txt", 3, [""] * 4),
        ("gale.txt", 3, ROLES), ("header.txt", 3, ROLES), ("inline.txt", 4, ROLES),
        ("numbered.txt", 3, ROLES), ("numbered2.txt", 4, ROLES), ("otter.txt", 3, NAMES),
        ("rev.txt", 3, NUMBERS), ("tabbed.txt", 4, ROLES), ("zoom.txt", 3, NAMES),
    ],
)  # fmt: skip
def test_a_transcript(name: str, turns: int, speakers: list[str]) -> None:
    transcript = read_transcripts([(CASES / "transcripts" / name, "")])
    assert [cue.text.rstrip(".") for cue in transcript.cues] == TURNS[:turns]
    assert [cue.speaker for cue in transcript.cues] == speakers[:turns]
    starts = {"otter.txt": [3, 7, 3735], "rev.txt": [3, 7, 15], "fwprint.txt": [0, 3.5, 7]}
    assert [cue.start for cue in transcript.cues] == starts.get(name, [0] * turns)
    assert transcript.timed == (name == "fwprint.txt")


def test_every_transcript_has_its_case() -> None:
    names = {path.name for path in (CASES / "transcripts").iterdir()}
    assert len(names) == 14 and {"cha.txt", "daic.csv"} < names


def test_chat() -> None:
    cues = read_transcripts([(CASES / "transcripts" / "cha.txt", "")]).cues
    assert cues == [
        Cue(0.12, 3.5, "so how was the week for you.", "Therapist"),
        Cue(3.5, 7.0, "um it was better than the one before.", "Client"),
        Cue(7.0, 9.0, "what made it better?", "Therapist"),
    ]


def test_daic_woz() -> None:
    cues = read_transcripts([(CASES / "transcripts" / "daic.csv", "")]).cues
    assert cues == [
        Cue(0.4, 2.1, "hi how are you (hello)", "Ellie"),
        Cue(2.6, 4.0, "i'm um okay", "Participant"),
        Cue(4.1, 5.0, f"{UNKNOWN} thanks", "Participant"),
    ]


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("so (0.5) then", "so then"), ("so (2) then", "so then"), ("so (3 sec) then", "so then"),
        ("so (5s) then", "so then"), ("well (C: mm) and then", "well and then"),
        ("Yea::h", "Yeah"), ("wo:::rd", "word"), ("f***ing", UNKNOWN), ("sh*t", UNKNOWN),
        ("&-um I think &+fr friends &=laughs", "um I think friends"),
    ],
)  # fmt: skip
def test_inside_the_text(written: str, right: str) -> None:
    assert without_marks(written)[0].split() == right.split()


def test_a_compound_at_a_lines_end(tmp_path: Path) -> None:
    cues = read(tmp_path, "x.txt", "T: Was there any self-\nharm then?\nC: No.").cues
    assert cues[0].text == "Was there any self-harm then?"


@pytest.fixture(scope="module")
def say() -> ModuleType:
    spec = importlib.util.spec_from_file_location("say", CASES / "faults" / "say.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("every", [1, 2])
def test_fault_01_turns_that_end_without_letters(
    tmp_path: Path, say: ModuleType, every: int
) -> None:
    for tail in (" ...", " \u2013", " ((sighs))", " \U0001f642", " /"):
        text = "".join(
            f"{who}: {words}{'' if n % every else tail}\n"
            for n, (who, words) in enumerate(say.TURNS, 1)
        )
        cues = read(tmp_path, "x.txt", text).cues
        assert [cue.speaker for cue in cues] == ROLES * 4
        for cue, (_, words) in zip(cues, say.TURNS, strict=True):
            assert cue.text.startswith(words)


PLAIN: dict[str, tuple[Callable[[int, str, str], str], list[str]]] = {
    "T1": (lambda i, w, x: f"{w}{(i + 1) // 2}: {x}", ROLES),
    "nospace": (lambda i, w, x: f"{w}:{x}", ROLES),
    "bullet": (lambda i, w, x: f"\u2022 {w}: {x}", ROLES),
    "lrm": (lambda i, w, x: f"\u200e{w}\u200e: {x}", ROLES),
    "fullwidth": (lambda i, w, x: f"{w}\uff1a {x}", ROLES),
    "S1": (lambda i, w, x: f"S{1 + (w == 'C')}> {x}", ["S1", "S2"]),
    "lower": (lambda i, w, x: f"{'anna' if w == 'C' else 'tom'}: {x}", ["tom", "anna"]),
    "underscores": (lambda i, w, x: f"__{w}:__ {x}", ROLES),
    "hyphen": (
        lambda i, w, x: f"{'Co-Therapist' if w == 'T' else 'Anna-Lena'}: {x}",
        ["Co-Therapist", "Anna-Lena"],
    ),
    "crying": (
        lambda i, w, x: f"{'THERAPIST' if w == 'T' else 'CLIENT'} (crying): {x}",
        ROLES,
    ),
    "otter": (lambda i, w, x: f"Speaker {1 + (w == 'C')}  0:{i:02d}\n{x}\n", NUMBERS),
    "columns": (lambda i, w, x: f"{'Therapist' if w == 'T' else 'Client'}\t{x}", ROLES),
}


@pytest.mark.parametrize("kind", [*PLAIN, "oneline"])
def test_fault_04_labels_of_plain_text(tmp_path: Path, say: ModuleType, kind: str) -> None:
    if kind == "oneline":
        text, speakers = " ".join(f"{who}: {words}" for who, words in say.TURNS), ROLES
    else:
        form, speakers = PLAIN[kind]
        text = "\n".join(form(i, who, words) for i, (who, words) in enumerate(say.TURNS, 1))
    cues = read(tmp_path, "x.txt", text + "\n").cues
    assert [cue.text for cue in cues] == [words for _, words in say.TURNS]
    assert [cue.speaker for cue in cues] == speakers[:2] * 8


def subrip(say: ModuleType, form: Callable[[str, str], str]) -> str:
    return "".join(
        f"{i}\n{say.stamp(i)} --> {say.stamp(i + 0.9)}\n{form(who, words)}\n\n"
        for i, (who, words) in enumerate(say.TURNS[:4], 1)
    )


def rows(say: ModuleType, form: str) -> str:
    return "".join(
        form.format(i=i, end=i + 0.9, who=who, words=words)
        for i, (who, words) in enumerate(say.TURNS[:4], 1)
    )


def test_fault_05_timed_forms(tmp_path: Path, say: ModuleType) -> None:
    long = {"T": "THERAPIST", "C": "CLIENT"}
    plain = subrip(say, lambda w, x: x)
    dots = plain.replace(" --> ", "#").replace(",", ".").replace("#", " --> ")
    none = [""] * 4
    inputs: dict[str, tuple[str, list[str]]] = {
        "crcrlf.srt": (plain.replace("\n", "\r\r\n"), none),
        "number_blank.srt": (
            "".join(
                f"{i}\n\n{say.stamp(i)} --> {say.stamp(i + 0.9)}\n{words}\n\n"
                for i, (_, words) in enumerate(say.TURNS[:4], 1)
            ),
            none,
        ),
        "gtgt.srt": (subrip(say, lambda w, x: f">> {long[w]}: {x}"), ROLES),
        "bold.srt": (subrip(say, lambda w, x: f"**{w}:** {x}"), ROLES),
        "crying.srt": (subrip(say, lambda w, x: f"CLIENT (crying): {x}"), ["Client"] * 4),
        "nospace.srt": (subrip(say, lambda w, x: f"{w}:{x}"), ROLES),
        "paren.srt": (subrip(say, lambda w, x: f"(Therapist) {x}"), ["Therapist"] * 4),
        "lower_t.srt": (subrip(say, lambda w, x: f"{w.lower()}: {x}"), ROLES),
        "entities.srt": (subrip(say, lambda w, x: x.replace(" ", "&nbsp;", 1)), none),
        "noblank.vtt": ("WEBVTT\n\n" + dots.replace("\n\n", "\n"), none),
        "blank_in_cue.vtt": (
            "WEBVTT\n\n"
            + "".join(
                f"{i}\n{say.stamp(i)} --> {say.stamp(i + 0.9)}\n{words}\n\n".replace(",", ".", 2)
                for i, words in enumerate(
                    (words.replace(" ", "\n\n", 1) for _, words in say.TURNS[:4]), 1
                )
            ),
            none,
        ),
        "comma.csv": ("start,end,speaker,text\n" + rows(say, "{i},{end},{who},{words}\n"), ROLES),
        "quote.csv": (
            "start,end,text\n" + rows(say, "{i},{end},{words}\n").replace(",I have", ',"I have'),
            none,
        ),
    }
    for name, (text, speakers) in inputs.items():
        transcript = read(tmp_path, name, text)
        expected = [words for _, words in say.TURNS[:4]]
        if name == "noblank.vtt":
            expected = [words.replace(",", ".") for words in expected]
        assert [cue.text for cue in transcript.cues] == expected, name
        assert [cue.speaker for cue in transcript.cues] == speakers, name
        assert [(cue.start, cue.end) for cue in transcript.cues] == [
            (i, i + 0.9) for i in range(1, 5)
        ], name
        assert transcript.timed and not transcript.notices
