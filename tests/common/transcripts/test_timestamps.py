"""Clock times: in tables, in subtitles, and as drafts write them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.common.transcripts.timestamps import ARROW, seconds, subtitle_times, webvtt_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12.0), ("12.5", 12.5), ("12,5", 12.5), ("12s", 12.0), ("1:02", 62.0),
        ("1:02:03", 3723.0), ("01:02:03,450", 3723.45), ("100:00:00.5", 360_000.5),
        ("1:02.1234", 62.1234),
    ],
)  # fmt: skip
def test_times_of_tables(text: str, expected: float) -> None:
    assert seconds(text) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("text", ["", "soon", "1:", ":02", "1:2:3:4", "1:002", "12.", "-1", "12 s"])
def test_what_is_no_time(text: str) -> None:
    assert math.isnan(seconds(text))


@pytest.mark.parametrize("time", ["10:30", "1:02:03", "00:00:01,0001", "12.5", "soon", ""])
def test_a_time_of_subtitles_has_up_to_three_decimals(time: str) -> None:
    start, end = subtitle_times(f"{time} {ARROW} 00:00:02,500 align:start")
    assert math.isnan(start) and end == 2.5
    start, end = subtitle_times(f"00:02.5 {ARROW} {time}")
    assert start == 2.5 and math.isnan(end)


@given(st.integers(0, 10**9))
def test_a_written_time_is_read_to_the_millisecond(milliseconds: int) -> None:
    time = webvtt_time(milliseconds / 1000)
    start, end = subtitle_times(f"{time} {ARROW} {time}")
    assert start == end == pytest.approx(milliseconds / 1000, abs=1e-6)
