"""The file of error counts: written sorted, and read with a line's number for each fault."""

from __future__ import annotations

import pytest

from stages.common.core.errors import UserError
from stages.common.text.error_counts import ClipErrors, from_csv, to_csv

HEADER = "clip,recording,reference_words,substitutions,deletions,insertions\n"
GOOD = "r1-0001,r1,10,1,1,0\n"


def test_clips_are_sorted() -> None:
    rows = [ClipErrors("r1-0001", "r1", 10, 1, 1, 0), ClipErrors("r2-0001", "r2", 4, 0, 4, 9)]
    text = to_csv(reversed(rows))
    assert text == HEADER + GOOD + "r2-0001,r2,4,0,4,9\n"
    assert from_csv(text, "here") == rows
    assert from_csv(text.replace("\n", "\r\n"), "here") == rows


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the first line is not"),
        (GOOD, "the first line is not"),
        (HEADER, "no clips"),
        (HEADER + GOOD + "r9-1,r9,secret,0,0,0\n", "line 3 is not two ids and four counts"),
        (HEADER + GOOD + "r1-0002,r1,10,6\n", "line 3 is not two ids and four counts"),
        (HEADER + GOOD + '"r1-0002,r1,10,1,1,0\n' + GOOD, "line 3 is not two ids and four counts"),
        (HEADER + GOOD + "r" * 200_000 + ",r1,10,1,1,0\n", "line 3 is not two ids"),
        (HEADER + GOOD + "r9-1,r9,0,0,0,0\n", "line 3 holds an impossible count"),
        (HEADER + GOOD + f"r1-0002,r1,1{'0' * 400},1,1,0\n", "line 3 holds an impossible count"),
        (HEADER + GOOD + f"r1-0002,r1,10,1,1,1{'0' * 400}\n", "line 3 holds an impossible count"),
        (HEADER + GOOD + "r1-0002,r1,10,6,5,0\n", "line 3 has more substitutions and deletions"),
        (HEADER + GOOD + GOOD, "line 3 repeats the clip"),
    ],
)
def test_a_damaged_file_is_reported_without_its_content(text: str, message: str) -> None:
    with pytest.raises(UserError, match=f"^here: {message}") as error:
        from_csv(text, "here")
    assert "secret" not in str(error.value) and "\n" not in str(error.value)
