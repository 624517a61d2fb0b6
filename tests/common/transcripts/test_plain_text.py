"""Plain-text transcripts of whole sessions as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.common.transcripts.plain_text import parse


def turns(text: str) -> list[tuple[str, str]]:
    return [(cue.speaker, cue.text) for cue in parse(text)]


ASKED = [("Therapist", "How was the week?"), ("Client", "It was long.")]


@pytest.mark.parametrize(
    "text",
    [
        "Therapist: How was the week?\nClient: It was long.",
        "T: How was the week?\nC: It was long.",
        "T : How was the week?\nC : It was long.",
        "THERAPIST - How was the week?\nCLIENT \u2014 It was long.",
        "therapist: How was the week?\n\nclient: It was long.\n",
        "[00:12:31] Therapist: How was the week?\n[00:12:40] Client: It was long.",
        "(12:31) T: How was the week?\n(12:40) C: It was long.",
        "12:31 - T: How was the week?\n12:40 - C: It was long.",
        "Therapist [00:12:31]: How was the week?\nClient [00:12:40]: It was long.",
        "**Therapist:** How was the week?\n\n**Client:** It was long.",
        "**Therapist**: How was the week?\n\n**Client**: It was long.",
        "[Therapist]: How was the week?\n[Client]: It was long.",
        "- Therapist: How was the week?\n- Client: It was long.",
        "Therapist:\nHow was\nthe week?\n\nClient:\nIt was long.",
        "Therapist:\u00a0How was the week?\r\n\r\nClient:\u00a0It was long.\r\n",
        "Page 1 of 2\n\nT: How was\n\nPage 2 of 2\n\nthe week?\n\n- 3 -\n\nC: It was long.\n\n4\n",
        "T: How was the week?\n\nCONFIDENTIAL\n\nC: It was long.",
        "T: How was the wee\u00adk?\nC: It was lo-\nng.",
    ],
)
def test_labels_of_every_kind(text: str) -> None:
    assert turns(text) == ASKED


def test_a_header_that_repeats_with_another_number_is_dropped() -> None:
    pages = "".join(f"Session 12, sheet {n}\n\nT: Line {n} of it.\n\n" for n in range(4))
    assert turns(pages) == [("Therapist", f"Line {n} of it.") for n in range(4)]


def test_repeated_speech_stays() -> None:
    text = "T: Fine?\n\nYeah.\n\nYeah.\n\nYeah.\n\nC: No."
    assert turns(text) == [("Therapist", "Fine? Yeah. Yeah. Yeah."), ("Client", "No.")]


def test_a_colon_in_a_turn_is_no_label() -> None:
    text = "T: And then?\nSo: I told her.\nHe said: no.\nAt 10:30 we left - all of us.\nC: Oh."
    assert turns(text) == [
        ("Therapist", "And then? So: I told her. He said: no. At 10:30 we left - all of us."),
        ("Client", "Oh."),
    ]


def test_names_are_labels_where_they_open_several_lines() -> None:
    text = "Ann Lee: Hello.\nBob: Hi.\nAnn Lee: Sit down.\nBob: Thanks.\n"
    assert turns(text) == [
        ("Ann Lee", "Hello."), ("Bob", "Hi."), ("Ann Lee", "Sit down."), ("Bob", "Thanks."),
    ]  # fmt: skip


def test_labels_of_a_diarizer() -> None:
    text = "SPEAKER_00: Hello.\nSPEAKER_01: Hi.\nSPEAKER_00: So.\nSPEAKER_01: Yes."
    assert [speaker for speaker, _ in turns(text)] == ["SPEAKER_00", "SPEAKER_01"] * 2


def test_text_without_labels_gives_paragraphs() -> None:
    assert turns("One line\nand another.\n\n\nA second paragraph.") == [
        ("", "One line and another."), ("", "A second paragraph."),
    ]  # fmt: skip


def test_text_before_the_first_label_has_no_speaker() -> None:
    assert turns("Notes of a talk\n\nT: Hello.")[0] == ("", "Notes of a talk")


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert all(cue.text for cue in parse(text))


@given(
    st.lists(st.lists(st.sampled_from(["we", "slept,", "I'm", "fine."]), min_size=1), min_size=1)
)
def test_no_word_is_lost(lines: list[list[str]]) -> None:
    text = "\n".join(f"{'TC'[n % 2]}: {' '.join(words)}" for n, words in enumerate(lines))
    assert [cue.text.split() for cue in parse(text)] == lines
