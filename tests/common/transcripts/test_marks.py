"""Transcribers' marks: which of them hide words, and which do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.common.transcripts.marks import UNKNOWN, without_marks

HIDDEN = f" {UNKNOWN} "


@pytest.mark.parametrize(
    ("text", "left", "kind"),
    [
        ("[laughs] Fine.", "Fine.", "direction"),
        ("Fine (crying).", "Fine .", "direction"),
        ("Well [long pause] no.", "Well no.", "direction"),
        ("Well (pause, 10 seconds) no.", "Well no.", "direction"),
        ("*sighs* All right.", "All right.", "direction"),
        ("{clears his throat} So.", "So.", "direction"),
        ("[Client crying]", "", "direction"),
        ("<LAUGHTER/> Yes.", "Yes.", "direction"),
        ("I saw [inaudible] there.", f"I saw{HIDDEN}there.", "inaudible"),
        ("I saw [inaudible 00:12:31] there.", f"I saw{HIDDEN}there.", "inaudible"),
        ("I saw (unclear) there.", f"I saw{HIDDEN}there.", "inaudible"),
        ("I saw [?] there.", f"I saw{HIDDEN}there.", "inaudible"),
        ("I saw (??) there.", f"I saw{HIDDEN}there.", "inaudible"),
        ("I saw <UNIN/> there.", f"I saw{HIDDEN}there.", "inaudible"),
        ("<INAUDIBLE_SPEECH/> there.", f"{HIDDEN}there.", "inaudible"),
        ("[crosstalk] Sorry.", f"{HIDDEN}Sorry.", "inaudible"),
        ("My brother [NAME] left.", f"My brother{HIDDEN}left.", "redaction"),
        ("My brother [NAME_1]'s car.", f"My brother{HIDDEN}'s car.", "redaction"),
        ("In <REDACTED> then.", f"In{HIDDEN}then.", "redaction"),
        ("In [redacted] then.", f"In{HIDDEN}then.", "redaction"),
        ("In [LOCATION - CITY] then.", f"In{HIDDEN}then.", "redaction"),
        ("In \u2588\u2588\u2588\u2588 then.", f"In{HIDDEN}then.", "redaction"),
        ("In ____ then.", f"In{HIDDEN}then.", "redaction"),
        ("In XXXX then.", f"In{HIDDEN}then.", "redaction"),
        ("In *** then.", f"In{HIDDEN}then.", "redaction"),
        ("It was <UNSURE>a cold</UNSURE> day.", f"It was{HIDDEN}day.", "unsure"),
        ("It was [frosty?] out.", f"It was{HIDDEN}out.", "unsure"),
        ("It was (frosty?) out.", f"It was{HIDDEN}out.", "unsure"),
        ("So \uff08laughs\uff09 then.", "So then.", "direction"),
        ("So \u3008laughs\u3009 then.", "So then.", "direction"),
        ("So \u3010NAME\u3011 then.", f"So{HIDDEN}then.", "redaction"),
        ("So [T laughs] then.", "So then.", "direction"),
        ("Also (lacht) dann.", "Also dann.", "direction"),
        ("Also (lange Pause, 5 Sekunden) dann.", "Also dann.", "direction"),
        ("Also (unverst\u00e4ndlich) dann.", f"Also{HIDDEN}dann.", "inaudible"),
        ("Alors (elle rit) oui.", "Alors oui.", "direction"),
        ("Pues (llora) no.", "Pues no.", "direction"),
        ("Pues (ininteligible) no.", f"Pues{HIDDEN}no.", "inaudible"),
        ("Dus (stilte) ja.", "Dus ja.", "direction"),
        ("My name is scrubbed_entry here.", f"My name is{HIDDEN}here.", "redaction"),
        ("In city_redacted then.", f"In{HIDDEN}then.", "redaction"),
        ("Well <deep breath> no.", "Well no.", "direction"),
        ("Well [lip smack] no.", "Well no.", "direction"),
        ("Well <nervous laughter> no.", "Well no.", "direction"),
        ("All people <peop> know.", f"All people{HIDDEN}know.", "unknown_mark"),
        ("It was [see note four] out.", f"It was{HIDDEN}out.", "unknown_mark"),
        ("It was <zzz> out.", f"It was{HIDDEN}out.", "unknown_mark"),
    ],
)
def test_a_mark(text: str, left: str, kind: str) -> None:
    without, counts = without_marks(text)
    assert without.split() == left.split()
    assert dict(counts) == {kind: 1}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("[00:12:31] Yes (12:31) and [1:02:03.5 - 1:02:04] no.", "Yes and no."),
        ("He said (I think he meant it) that he was tired.",
         "He said (I think he meant it) that he was tired."),
        ("It is **so** loud.", "It is so loud."),
        ("It is *really* loud.", "It is really loud."),
        ("<i>Never</i> again, 3 < 4.", "Never again, 3 < 4."),
        ("Two * three is six.", "Two * three is six."),
        ("A XL shirt.", "A XL shirt."),
        ("So #00:01:02-5# then #0:03# and #1.", "So then and #1."),
        ("Er sagt (er ist so) und geht.", "Er sagt (er ist so) und geht."),
    ],
)  # fmt: skip
def test_no_mark_is_counted(text: str, left: str) -> None:
    without, counts = without_marks(text)
    assert without.split() == left.split()
    assert not counts


def test_several_marks_are_counted_apart() -> None:
    text, counts = without_marks(
        "[laughs] I met [NAME] and [NAME] (crying) <UNSURE>at home</UNSURE>"
    )
    assert text.count(UNKNOWN) == 3
    assert counts == {"direction": 2, "redaction": 2, "unsure": 1}


@given(st.text())
def test_any_text_is_read_and_unknown_stands_at_most_once_per_mark(text: str) -> None:
    left, counts = without_marks(text)
    hidden = sum(number for kind, number in counts.items() if kind != "direction")
    assert left.count(UNKNOWN) <= hidden


@given(st.lists(st.sampled_from(["we", "talked", "of", "nothing,", "much.", "I'm", "well-read"])))
def test_words_without_marks_are_not_lost(words: list[str]) -> None:
    left, counts = without_marks(" ".join(words))
    assert left.split() == words and not counts
