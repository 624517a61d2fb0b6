"""WebVTT as it is written comes back as it was, through the pipeline's own reader."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attune.webvtt import write_vtt
from stages.common.transcripts import vtt
from stages.common.transcripts.cue import Cue, one_line
from stages.common.transcripts.reviewed import vtt_is_reviewed

PIECES = st.sampled_from(
    ["-->", "NOTE", "NOTE reviewed", "STYLE", "<i>", "</v>", "<v Eve>", "&amp;", "&", "&#60;", "<",
     ">", "12", "00:01.000 --> 00:02.000", "WEBVTT", "\n", "\x85", " ", "T:", "fine"]
)  # fmt: skip
TEXTS = st.lists(
    PIECES | st.text(st.characters(exclude_categories=["Cs"]), max_size=9), max_size=5
).map(" ".join)
TIMES = st.integers(0, 400_000_000).map(lambda milliseconds: milliseconds / 1000)
CUES = st.lists(st.builds(Cue, TIMES, TIMES, TEXTS, TEXTS), min_size=1, max_size=3)


def cue(text: str, speaker: str = "") -> Cue:
    return Cue(1.0, 2.5, text, speaker)


@given(CUES, st.booleans(), st.booleans())
@example([cue("NOTE reviewed"), cue("", "A & B <c>"), cue("7")], False, True)
@example([cue("00:01", "--"), cue("1:2", "a ---")], False, False)
@example([cue(""), cue("12"), cue("x --> 00:01.000")], True, False)
def test_cues_come_back(cues: list[Cue], reviewed: bool, named: bool) -> None:
    text = write_vtt(cues, reviewed, [f"c{n}" for n in range(len(cues))] if named else ())
    expected = [(c.start, c.end, one_line(c.text), one_line(c.speaker)) for c in cues]
    # The reader keeps the empty line below a cue, as it keeps text after empty lines.
    found = [
        (round(c.start, 3), round(c.end, 3), c.text.strip(), c.speaker) for c in vtt.parse(text)
    ]
    assert found == expected
    assert vtt_is_reviewed(text) == reviewed


def test_the_form() -> None:
    assert write_vtt([cue("5 < 6 & so on", "Speaker 1"), cue("Yes.")], True, ["a", "b"]) == (
        "WEBVTT\n\nNOTE reviewed\n\n"
        "a\n00:00:01.000 --> 00:00:02.500\n<v Speaker 1>5 &lt; 6 &amp; so on\n\n"
        "b\n00:00:01.000 --> 00:00:02.500\nYes.\n"
    )


@pytest.mark.parametrize("ids", [["a"], ["a", ""], ["a", "b -->"], ["a", "b\nc"], ["a", "NOTE"]])
def test_what_is_no_identifier_is_refused(ids: list[str]) -> None:
    with pytest.raises(ValueError):
        write_vtt([cue("one"), cue("two")], ids=ids)
