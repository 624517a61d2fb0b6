"""What an unfinished write leaves: the file or folder that was there, and nothing beside it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from stages.common.core.errors import UserError
from stages.common.core.files import Row, check_writable, new_folder, write_rows, write_text


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*paths: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    monkeypatch.setattr(Path, "rename", fail)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_that_cannot_be_renamed(tmp_path: Path, full: None) -> None:
    path = tmp_path / "a.txt"
    path.write_text("before")
    with pytest.raises(OSError, match="No space"):
        write_text(path, "after")
    assert path.read_text() == "before" and names(tmp_path) == ["a.txt"]


def test_who_may_read_a_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "before")
    for mode, after in ((0o600, 0o600), (0o660, 0o660), (0o444, 0o644)):
        path.chmod(mode)
        write_text(path, "after")
        assert path.stat().st_mode & 0o777 == after


def test_rows_that_end_with_an_error(tmp_path: Path) -> None:
    def rows() -> Iterator[Row]:
        yield {"number": 1}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_rows(tmp_path / "a.jsonl", rows())
    assert names(tmp_path) == []


def test_a_folder_whose_block_fails_or_cannot_be_renamed(tmp_path: Path, full: None) -> None:
    with pytest.raises(OSError, match="No space"), new_folder(tmp_path / "a") as folder:
        (folder / "half").write_text("half")
    assert names(tmp_path) == []
    (tmp_path / "a").mkdir()
    with pytest.raises(KeyboardInterrupt), new_folder(tmp_path / "a"):
        raise KeyboardInterrupt
    assert names(tmp_path) == ["a"]


def test_a_full_disk_is_an_oserror_whatever_a_library_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RuntimeError, match=r"System error\."), new_folder(tmp_path / "a"):
        raise RuntimeError("System error.")

    def fail(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"), new_folder(tmp_path / "a"):
        raise RuntimeError("System error.")
    with pytest.raises(UserError), new_folder(tmp_path / "a"):
        raise UserError("none can be used")
    assert names(tmp_path) == []


def test_what_killed_runs_left_is_removed(tmp_path: Path) -> None:
    for name in (".a.new", ".a.old", "a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "half").write_text("half")
    with new_folder(tmp_path / "a") as folder:
        (folder / "whole").write_text("whole")
    (tmp_path / ".b.txt.new").write_text("a longer half")
    write_text(tmp_path / "b.txt", "whole")
    assert names(tmp_path) == ["a", "b.txt"] and names(tmp_path / "a") == ["whole"]
    assert (tmp_path / "b.txt").read_text() == "whole"


def test_two_writers_of_one_file(tmp_path: Path) -> None:
    """Each file is one writer's, from its first line to its last."""
    path = tmp_path / "a.jsonl"

    def rows(number: int) -> Iterator[Row]:
        for _ in range(200):
            yield {"number": number}

    writers = [Thread(target=write_rows, args=(path, rows(number))) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    lines = path.read_text().splitlines()
    assert len(lines) == 200 and len(set(lines)) == 1
    assert names(tmp_path) == ["a.jsonl"]


def test_a_place_is_tried_without_a_trace(tmp_path: Path) -> None:
    check_writable(tmp_path / "a.txt")
    with pytest.raises(FileNotFoundError):
        check_writable(tmp_path / "none/a.txt")
    assert names(tmp_path) == []
