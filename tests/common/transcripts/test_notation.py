"""Marks of pauses, overlaps and sounds: Jefferson's and CHAT's, and words that are starred out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.common.transcripts.marks import KINDS, REMOVED, UNKNOWN, without_marks

U = UNKNOWN


@pytest.mark.parametrize(
    "pause",
    ["(0.5)", "(2)", "(3 sec)", "(5s)", "(10 seconds)", "(1,5)", "(.)", "(..)", "(...)", "(\u2026)",
     "[0.5]", "[2]", "[3 sec]", "[...]", "[ . ]", "{4}", "( 0.8 )", "(~3)", "(>2s)", "(3s.)", "[.]",
     "(pause 3s)", "(pause 0.5)", "[long pause, 10 sec]", "((pause))", "(2 min)"],
)  # fmt: skip
def test_a_pause(pause: str) -> None:
    text, counts = without_marks(f"well {pause} and then")
    assert text.split() == ["well", "and", "then"] and counts == {"direction": 1}


@pytest.mark.parametrize(
    "other",
    ["(C: mm)", "(Client: yeah, right)", "[C: mm]", "[T: go on?]", "(c: mm)", "(Anna Lee: mm)",
     "{C: mm}", "(C:mm)", "(C\uff1a mm)", "(Pt.: mm)"],
)  # fmt: skip
def test_words_of_the_other_person_are_an_overlap(other: str) -> None:
    text, counts = without_marks(f"well {other} and then", {"Anna Lee"})
    assert text.split() == ["well", "and", "then"] and counts == {"overlap": 1}


def test_an_aside_is_no_overlap() -> None:
    for aside in ("(my plan: none)", "(Anna Lee: mm)", "(so: no)", "(at 10:30 or so)"):
        assert without_marks(f"well {aside} then") == (f"well {aside} then", {})


@pytest.mark.parametrize(
    ("text", "left", "counts"),
    [
        ("Yea::h it is", "Yeah it is", {}),
        ("a wo:::rd and so:::", "a word and so", {}),
        ("no::, ye::s.", "no, yes.", {}),
        ("&-um I think &+fr friends", "um I think friends", {"fragment": 1}),
        ("friends &=laughs", "friends", {"direction": 1}),
        ("&~ba he &um left &uh now", "he um left uh now", {"fragment": 1}),
        ("&=clears:throat so &*CLI:mhm then", "so then", {"direction": 1, "fragment": 1}),
        ("I was +... and then +/.", "I was and then", {}),
        ("+\" he said +//. no +!? yes", "he said no yes", {}),
        (".hh so .hhh then hhh no", "so then no", {"direction": 3}),
        ("ha(h)ppy wo(hh)rd", "happy word", {}),
        ("xxx left", f"{U} left", {"redaction": 1}),
        ("f***ing cold", f"{U} cold", {"redaction": 1}),
        ("oh sh*t, no", f"oh {U} , no", {"redaction": 1}),
        ("what the f*** is b***s**t", f"what the {U} is {U}", {"redaction": 2}),
        ("***ing cold f__k", f"{U} cold {U}", {"redaction": 2}),
        ("that @#$%! thing", f"that {U} thing", {"redaction": 1}),
        ("((sighs)) well ((phone rings))", "well", {"direction": 2}),
        ("well ((looks at the map)) no", f"well {U} no", {"unknown_mark": 1}),
        ("(TIME: 00:02:00) so (TIME 0:02) then [Time: 00:02:10]", "so then", {}),
        ("so [00:01:07:12] then (00:03;15)", "so then", {}),
        ("so [0:01 --> 0:04] then", "so then", {}),
        ("one [inaudible two", f"one {U} two", {"unknown_mark": 1}),
        ("one two] three {four", f"one {U} three {U}", {"unknown_mark": 2}),
        ("[End of recording] so (end of tape)", "so", {"direction": 2}),
    ],
)  # fmt: skip
def test_notation(text: str, left: str, counts: dict[str, int]) -> None:
    found, marks = without_marks(text)
    assert found.split() == left.split() and dict(marks) == counts


def test_jeffersons_signs_count_in_his_notation_alone() -> None:
    text = "\u2191no >I think< so= =yes \u00b0quiet\u00b0 Yea:h"
    left = " ".join(without_marks(text, jefferson=True)[0].split())
    assert left == "no I think so yes quiet Yeah"
    assert without_marks("re:Monday, a=b, x > y", jefferson=False)[0] == "re:Monday, a=b, x > y"


@pytest.mark.parametrize(
    "text",
    ["At 10:30 it began.", "R&B and Q&A at AT&T", "fish & chips", "a 5* hotel", "2*3*4 is 24",
     "**so** loud, *so* loud", "She said: no.", "http://x.org/a",
     "C++ and 1+1", "it was $5, 5% of #1", "e.g. this", "Hmm, shh.", "well... no ... yes", "a.m.",
     "wow!!! no???", "I @ home", "(I think) so", "rock 'n' roll", "50/50", "x_y", "Ahh.", "U.S."],
)  # fmt: skip
def test_words_that_only_look_like_notation(text: str) -> None:
    left, counts = without_marks(text)
    assert (
        left.split() == text.replace("*so*", "so").replace("*so*", "so").replace("**", "").split()
    )
    assert not counts


def test_a_mark_that_is_removed_hides_no_word() -> None:
    text, counts = without_marks("(C: mm) &+fr [laughs] [NAME] (.)")
    assert set(counts) <= set(KINDS)
    assert text.count(U) == sum(n for kind, n in counts.items() if kind not in REMOVED) == 1


@given(st.text(alphabet="aB:&=+-.*()[]{}<>#@\u00b0 \n1h_x/"))
def test_any_signs_are_read(text: str) -> None:
    for jefferson in (True, False):
        left, counts = without_marks(text, {"aB"}, jefferson)
        assert left.count(U) <= sum(counts.values())
