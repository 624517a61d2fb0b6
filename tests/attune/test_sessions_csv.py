"""Rows added to sessions.csv."""

from __future__ import annotations

from pathlib import Path

import pytest

from attune.sessions_csv import SessionRow, add_rows
from stages.common.core.errors import UserError
from stages.segment.clients import read_clients

KEY = b"a test's key, 16 bytes or more"


def test_the_first_row_makes_the_file(tmp_path: Path) -> None:
    add_rows(tmp_path, [SessionRow("a", "Ann", "all"), SessionRow("voice, 1", "", "train")])
    clients = read_clients(tmp_path, ["a", "voice, 1"], KEY)
    assert clients.by_recording == {"a": "Ann"}
    assert clients.train_only == {"voice, 1"}
    assert [path.name for path in tmp_path.iterdir()] == ["sessions.csv"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("recording,client\na,Ann\n", "recording,client,use\na,Ann\nb,Bob,train\n"),
        (
            "\ufeffnote;Client;Recording\r\nlate;Ann;a\r\n\r\n",
            "\ufeffnote;Client;Recording;use\r\nlate;Ann;a\r\n;Bob;b;train\r\n",
        ),
        (  # Replaced, once, with its other cells.
            "use,recording,note,client\nall,b.wav,first,Eve\n,a,,Ann\n,b,,Eve\n",
            "use,recording,note,client\ntrain,b,first,Bob\n,a,,Ann\n",
        ),
        (  # A remark in a column without a name is no use.
            "recording,client\na,Ann,train?\n",
            "recording,client,,use\na,Ann,train?\nb,Bob,,train\n",
        ),
        ("recording,client,use\nb.x,Ann,\n", "recording,client,use\nb.x,Ann,\nb,Bob,train\n"),
    ],
)
def test_what_is_there_stays(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "sessions.csv"
    path.write_bytes(before.encode())
    for _ in range(2):  # the second time, nothing changes
        add_rows(tmp_path, [SessionRow("b", "Bob", "train")])
        assert path.read_bytes().decode() == after


def test_names_are_equal_whether_composed_or_not(tmp_path: Path) -> None:
    add_rows(tmp_path, [SessionRow("Zoe\u0308", "Ann", "all")])
    add_rows(tmp_path, [SessionRow("Zo\u00eb", "Bob", "all")])
    assert read_clients(tmp_path, ["Zo\u00eb"], KEY).by_recording == {"Zo\u00eb": "Bob"}


def test_a_link_within_the_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "table").write_text("recording,client\n")
    (tmp_path / "sessions.csv").symlink_to("table")
    add_rows(tmp_path, [SessionRow("a", "Ann", "all")])
    assert (tmp_path / "sessions.csv").is_symlink()
    assert (tmp_path / "table").read_text() == "recording,client,use\na,Ann,all\n"


def test_a_file_that_cannot_be_read_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "sessions.csv"
    path.write_text("name,code\nx,y\n")
    with pytest.raises(UserError, match="lacks recording and client"):
        add_rows(tmp_path, [SessionRow("a", "Ann", "all")])
    assert path.read_text() == "name,code\nx,y\n"
