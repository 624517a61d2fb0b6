"""The edit log: lines that a crash or a full disk cut short, and what undo and redo take."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from attune.review.cues import Splice
from attune.review.edit_log import EditLog, Entry
from stages.common.core.errors import UserError
from tests.support.processes import ROOT
from tests.support.review import cue


def entry(kind: str, group: str = "", text: str = "words") -> Entry:
    splices = [] if kind in ("done", "work") else [Splice(0, [], [cue(1, 1.0, text)])]
    return Entry(kind, f"request-{kind}", group, "digest", 1.5, splices)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "one.log.jsonl"


def test_entries_come_back(path: Path) -> None:
    log = EditLog(path)
    entries = [entry("start"), entry("text", "text-1", "\u05e9\u05dc\u05d5\u05dd"), entry("work")]
    for each in entries:
        log.append(each)
    again = EditLog(path)
    assert again.entries == log.entries == entries
    assert again.seconds == 4.5 and again.digest == "digest"


@pytest.mark.parametrize("cut", [1, 20])
def test_a_line_that_a_crash_cut_short_is_dropped(path: Path, cut: int) -> None:
    log = EditLog(path)
    log.append(entry("start"))
    log.append(entry("text"))
    path.write_bytes(path.read_bytes()[:-cut])
    again = EditLog(path)
    assert again.entries == [entry("start")]
    again.append(entry("split"))
    assert EditLog(path).entries == [entry("start"), entry("split")]


@pytest.mark.parametrize("left", [0, 30, None])
def test_a_log_that_another_program_cut_or_removed_is_whole_after_the_next_change(
    path: Path, left: int | None
) -> None:
    log = EditLog(path)
    log.append(entry("start"))
    log.append(entry("text"))
    if left is None:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:left])
    for kind in ("split", "merge"):
        log.append(entry(kind))
    assert EditLog(path).entries == [entry(kind) for kind in ("start", "text", "split", "merge")]


def test_a_damaged_line_before_the_last_is_named_without_its_text(path: Path) -> None:
    log = EditLog(path)
    log.append(entry("start", text="confidential"))
    log.append(entry("text", text="confidential"))
    path.write_bytes(path.read_bytes().replace(b'"splices"', b'"spl', 1))
    with pytest.raises(UserError, match="line 1 of an edit log is damaged") as told:
        EditLog(path)
    assert "confidential" not in str(told.value) and path.stem not in str(told.value)


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from attune.review.edit_log import EditLog
from tests.attune.review.test_edit_log import entry

path, room = Path(sys.argv[1]), int(sys.argv[2])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
log = EditLog(path)
log.append(entry("start"))
size = path.stat().st_size
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (size + room, hard))
try:
    log.append(entry("text"))
    sys.exit("there was room")
except OSError as error:
    print(error.errno)
assert path.stat().st_size == size, "a part of the line is left"
assert [each.kind for each in EditLog(path).entries] == ["start"]
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
log.append(entry("split"))
"""


@pytest.mark.parametrize("room", [0, 40])
def test_a_line_without_room_leaves_nothing(path: Path, room: int) -> None:
    """room: bytes of the line that still fit."""
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path), str(room)],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout.split()) == (0, [str(errno.EFBIG)]), done.stderr
    assert [each.kind for each in EditLog(path).entries] == ["start", "split"]


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    log = EditLog(tmp_path / "missing" / "one.log.jsonl")
    with pytest.raises(OSError):
        log.append(entry("start"))
    assert log.entries == []


def kinds(path: Path, *entries: Entry) -> tuple[list[str], int]:
    """(requests that the next undo takes, number of groups that can be redone)."""
    log = EditLog(path)
    for each in entries:
        log.append(each)
    return [each.kind for each in log.undoable()], len(log.redoable())


def test_a_group_is_undone_at_once(path: Path) -> None:
    typed = [entry("text", "text-1") for _ in range(3)]
    assert kinds(path, entry("start"), entry("split"), *typed) == (["text"] * 3, 0)


def test_groups_end_at_other_edits(path: Path) -> None:
    typed = entry("text", "text-1")
    assert kinds(path, entry("start"), typed, entry("text", "text-2"), typed) == (["text"], 0)


def test_edits_without_a_group_are_undone_one_by_one(path: Path) -> None:
    assert kinds(path, entry("start"), entry("split"), entry("split")) == (["split"], 0)


def test_nothing_is_undone_before_the_first_edit(path: Path) -> None:
    assert kinds(path, entry("start"), entry("work"), entry("done")) == ([], 0)


def test_entries_without_a_change_do_not_stop_undo(path: Path) -> None:
    unchanged = Entry("outside", "", "", "digest")
    assert kinds(path, entry("start"), entry("split"), unchanged, entry("work")) == (["split"], 0)


def test_an_edit_after_undo_takes_what_could_be_redone(path: Path) -> None:
    assert kinds(path, entry("start"), entry("split"), entry("undo")) == ([], 1)
    assert kinds(path, entry("merge")) == (["merge"], 0)
