"""`normalize.style: auto`: decided from counts, and the transcripts as typed kept beside labels."""

from __future__ import annotations

from typing import Any

import pytest

from demo.compose import compose
from demo.material import written
from stages.common.core.files import read_rows
from stages.common.core.ids import recording_id
from stages.normalize.style import THRESHOLD, is_written, written_share
from tests.support.mini_project import KEY, NORMALIZE, MiniProject

DEMO = [written(line.text) for session in compose(8) for line in session.lines]


def test_the_demo_is_written_and_in_small_letters_it_is_not() -> None:
    share = written_share(DEMO)
    assert share is not None and share > 0.75 > THRESHOLD
    assert written_share(map(str.lower, DEMO)) == written_share(map(str.upper, DEMO)) == 0
    assert written_share(text.replace(".", "").replace(",", "") for text in DEMO) < 0.25  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Well, I slept badly.", True),
        # The English "I" is a capital in any style.
        ("well, I slept and I'm fine.", False),
        ("I saw Anna, and then", True),
        ("Yes I saw Anna again", False),
        ("WELL, I SLEPT BADLY.", False),
        ("Ich habe schlecht geschlafen, oder?", True),
        # Scripts without case: the marks decide.
        ("はい、そうです。", True),
        ("はいそうですよね", False),
        ("نعم، أنا بخير", True),
    ],
)
def test_a_segment(text: str, expected: bool) -> None:
    assert is_written(text) == expected


def test_short_segments_do_not_count() -> None:
    assert written_share(["Yes.", "mhm", "Oh, I see."]) is None
    assert written_share(["はい。", "はい、そうですよね、先生。"]) == 1
    assert written_share(["Yes.", "Well, I slept badly.", "well i slept badly"]) == 0.5


TYPED, PLAIN = "Well, it is 6 o'clock: go!", "well it is 6 o'clock go"


def labels(mini: MiniProject, style: str, *texts: str) -> tuple[dict[str, Any], list[Any]]:
    """Metrics, and (label, text as typed) of each segment."""
    for number, text in enumerate(texts):
        mini.valid(f"s{number}")
        mini.transcript(f"s{number}.txt", text)
    mini.params(normalize=NORMALIZE | {"style": style})
    mini.segment()
    metrics = mini.normalize()
    rows = read_rows(mini.root / "data" / "normalized" / "segments.jsonl")
    found = {row["recording"]: (row["text"], row["written"]) for row in rows}
    return metrics, [found[recording_id(KEY, f"s{number}")] for number in range(len(texts))]


@pytest.mark.parametrize(
    ("texts", "style", "share"),
    [
        ((TYPED, PLAIN), "written", 0.5),
        ((TYPED, PLAIN, PLAIN), "spoken", 0.3333),
        (("Yes.",), "spoken", None),
    ],
)
def test_auto(
    mini: MiniProject,
    capsys: pytest.CaptureFixture[str],
    texts: tuple[str, ...],
    style: str,
    share: float | None,
) -> None:
    capsys.readouterr()
    metrics, _ = labels(mini, "auto", *texts)
    assert (metrics["style"], metrics["written_share"]) == (style, share)
    counted = "no segment has 4 words" if share is None else f"{share:.1%} of the segments of at"
    assert f"style {style}, chosen by auto: {counted}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("style", "label"),
    [
        ("written", "Well, it is 6 o'clock, go!"),
        ("verbatim", "well, it is 6 o'clock go!"),
        ("spoken", "well it is six o'clock go"),
    ],
)
def test_the_text_as_typed_stays_in_every_style(mini: MiniProject, style: str, label: str) -> None:
    """In what decoding may write: it may not write a colon."""
    metrics, rows = labels(mini, style, TYPED)
    assert rows == [(label, "Well, it is 6 o'clock, go!")]
    assert metrics["with_suppressed_marks"] == 1 and metrics["style"] == style


def test_transcripts_without_case_and_stops_are_no_reference_for_them(mini: MiniProject) -> None:
    _, rows = labels(mini, "written", PLAIN, "well it is 6:30 now")
    assert rows == [(PLAIN, ""), ("well it is 6 30 now", "")]
