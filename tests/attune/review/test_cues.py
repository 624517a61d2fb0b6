"""Cues under review: edits as splices, and the file that holds them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from attune.review.cues import (
    InvalidEdit,
    ReviewCue,
    Splice,
    apply,
    difference,
    from_vtt,
    invert,
    number,
    storable,
    to_transcript,
    to_vtt,
)
from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.reviewed import vtt_is_reviewed
from tests.support.review import cue

PIECES = st.sampled_from(
    ["-->", "NOTE", "NOTE reviewed", "STYLE", "<i>", "</v>", "<v Eve>", "&amp;", "&", "<", "12",
     "00:01.000 --> 00:02.000", "WEBVTT", "5 checked", "fine", "\u05e9\u05dc\u05d5\u05dd", "\x7f"]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=9), max_size=4).map(" ".join).map(storable)
MILLISECONDS = st.integers(0, 30_000_000)


@st.composite
def cue_lists(draw: st.DrawFn) -> list[ReviewCue]:
    cues = []
    for id_ in draw(st.lists(st.integers(1, 10**8), unique=True, max_size=6)):
        start, length = draw(MILLISECONDS), draw(st.integers(50, 20_000))
        times = start / 1000, (start + length) / 1000
        cues.append(ReviewCue(id_, *times, draw(TEXTS), draw(TEXTS), draw(st.booleans())))
    return cues


@settings(deadline=None)
@given(cue_lists())
@example([cue(7, 1.0, ""), cue(5, 4.0, "NOTE", checked=True), cue(6, 3661.1, "", "A > B")])
@example([ReviewCue(1, 1100.143, 1100.243, "", "one", False)])
def test_the_file_holds_the_cues(cues: list[ReviewCue]) -> None:
    assert from_vtt(to_vtt(cues)) == cues


@settings(deadline=None)
@given(cue_lists(), cue_lists())
def test_a_difference_leads_from_one_to_the_other_and_back(
    old: list[ReviewCue], new: list[ReviewCue]
) -> None:
    splices = difference(old, new)
    assert apply(old, splices) == new
    assert apply(new, invert(splices)) == old
    assert (splices == []) == (old == new)


def test_a_difference_touches_only_what_changed() -> None:
    old = [cue(n, 3.0 * n, f"words {n}") for n in range(1, 6)]
    new = [*old[:2], replace(old[2], text="other words"), *old[3:]]
    assert difference(old, new) == [Splice(2, [old[2]], [new[2]])]


def test_splices_are_applied_one_after_the_other() -> None:
    one, two, three = (cue(n, 3.0 * n, f"words {n}") for n in (1, 2, 3))
    splices = [Splice(0, [one], []), Splice(0, [two], [two, three])]
    assert apply([one, two], splices) == [two, three]
    assert apply([two, three], invert(splices)) == [one, two]


FIRST = cue(1, 1.0, "the first")


INVALID: list[dict[str, Any]] = [
    {"id": 0}, {"start": -0.1}, {"end": 1.04}, {"end": 2e6}, {"start": math.nan}, {"end": math.inf},
    {"start": 1.0004}, {"text": "two\nlines"}, {"text": " padded"}, {"text": "bell\x07"},
    {"text": "half \ud800"}, {"speaker": "two\nlines"},
]  # fmt: skip
MISPLACED = [
    Splice(0, [cue(1, 1.0, "a third")], []), Splice(1, [FIRST], []), Splice(-1, [FIRST], []),
    Splice(1, [], [FIRST]), Splice(2, [], [cue(3, 1.0, "a third")]),
]  # fmt: skip


@pytest.mark.parametrize(
    "splice", MISPLACED + [Splice(0, [FIRST], [replace(FIRST, **change)]) for change in INVALID]
)
def test_what_does_not_fit_is_refused_without_its_text(splice: Splice) -> None:
    with pytest.raises(InvalidEdit) as refused:
        apply([FIRST], [splice])
    assert not {"first", "third", "padded", "bell"} & set(str(refused.value).split())


def test_what_another_program_wrote() -> None:
    text = (
        "WEBVTT\n\nNOTE by hand\n\n7 checked\n00:01.000 --> 00:02.000\n<v Client>two\nlines\n\n"
        "00:03.000 --> 00:04.000 align:left\nno number\n\n"
        "7\n00:05.000 --> 00:06.000\nthe number again\n"
    )
    assert from_vtt(text) == [
        ReviewCue(7, 1.0, 2.0, "Client", "two lines", True),
        ReviewCue(8, 3.0, 4.0, "", "no number", False),
        ReviewCue(9, 5.0, 6.0, "", "the number again", False),
    ]
    assert from_vtt("WEBVTT\n") == []
    for damaged in ("", "no header", "WEBVTT\n\nx:01 --> 00:02.000\nwords\n"):
        with pytest.raises(RecordingRejected):
            from_vtt(damaged)


def test_numbers_stay_and_new_ones_are_free() -> None:
    numbered = number([cue(0, 0.0, "a"), cue(4, 1.0, "b"), cue(4, 2.0, "c"), cue(2, 3.0, "d")])
    assert [each.id for each in numbered] == [5, 4, 6, 2]


def test_the_transcript_has_words_alone_by_time() -> None:
    text = to_transcript([cue(3, 9.0, "last"), cue(1, 5.0, ""), cue(2, 1.0, "first", "Client")])
    assert vtt_is_reviewed(text) and "checked" not in text
    assert [(each.text, each.speaker) for each in from_vtt(text)] == [
        ("first", "Client"), ("last", ""),
    ]  # fmt: skip
