"""What an unfinished write leaves: the file or folder that was there, and nothing beside it."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

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


def test_a_place_is_tried_without_a_trace(tmp_path: Path) -> None:
    check_writable(tmp_path / "a.txt")
    with pytest.raises(FileNotFoundError):
        check_writable(tmp_path / "none/a.txt")
    assert names(tmp_path) == []
