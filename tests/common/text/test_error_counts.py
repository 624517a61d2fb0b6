"""The file of error counts: written sorted, and read with a line's number for each fault."""

from __future__ import annotations

import pytest

from stages.common.core.errors import UserError
from stages.common.text.error_counts import ErrorCounts, from_csv, to_csv

HEADER = "recording,client,clips,reference_words,substitutions,deletions,insertions\n"
GOOD = "r1,c1,2,10,1,1,0\n"
BY_CLIP = "clip,recording,reference_words,substitutions,deletions,insertions\n"


def test_a_line_per_recording_in_the_order_of_the_ids() -> None:
    clips = [
        ErrorCounts("r2", "c1", 1, 4, 0, 4, 9),
        ErrorCounts("r1", "c1", 1, 7, 1, 0, 0),
        ErrorCounts("r1", "c1", 1, 3, 0, 1, 0),
    ]
    text = to_csv(clips)
    assert text == HEADER + GOOD + "r2,c1,1,4,0,4,9\n"
    assert text == to_csv(reversed(clips))
    rows = [ErrorCounts("r1", "c1", 2, 10, 1, 1, 0), clips[0]]
    assert from_csv(text, "here") == rows
    assert from_csv(text.replace("\n", "\r\n"), "here") == rows


def test_a_file_of_an_earlier_version_is_summed() -> None:
    text = BY_CLIP + "r2-0001,r2,4,0,4,9\nr1-0001,r1,7,1,0,0\nr1-0002,r1,3,0,1,0\n"
    assert from_csv(text, "here") == [
        ErrorCounts("r1", "", 2, 10, 1, 1, 0),
        ErrorCounts("r2", "", 1, 4, 0, 4, 9),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the first line is not"),
        (GOOD, "the first line is not"),
        (HEADER, "no recordings"),
        (HEADER + GOOD + "r9,c9,1,secret,0,0,0\n", "line 3 is not two ids and 5 counts"),
        (HEADER + GOOD + "r2,c1,1,10,6\n", "line 3 is not two ids and 5 counts"),
        (HEADER + GOOD + '"r2,c1,1,10,1,1,0\n' + GOOD, "line 3 is not two ids and 5 counts"),
        (HEADER + GOOD + "r" * 200_000 + ",r1,1,10,1,1,0\n", "line 3 is not two ids"),
        (HEADER + GOOD + "r9,c1,1,0,0,0,0\n", "line 3 holds an impossible count"),
        (HEADER + GOOD + "r9,c1,3,2,0,0,0\n", "line 3 holds an impossible count"),
        (HEADER + GOOD + f"r2,c1,1,1{'0' * 400},1,1,0\n", "line 3 holds an impossible count"),
        (HEADER + GOOD + f"r2,c1,1,10,1,1,1{'0' * 400}\n", "line 3 holds an impossible count"),
        (HEADER + GOOD + "r2,c1,1,10,6,5,0\n", "line 3 has more substitutions and deletions"),
        (HEADER + GOOD + GOOD, "line 3 repeats the recording"),
        (BY_CLIP, "no clips"),
        (BY_CLIP + "r9-1,r9,secret,0,0,0\n", "line 2 is not two ids and 4 counts"),
        (BY_CLIP + "r1-1,r1,10,1,1,0\n" * 2, "line 3 repeats the clip"),
    ],
)
def test_a_damaged_file_is_reported_without_its_content(text: str, message: str) -> None:
    with pytest.raises(UserError, match=f"^here: {message}") as error:
        from_csv(text, "here")
    assert "secret" not in str(error.value) and "\n" not in str(error.value)
