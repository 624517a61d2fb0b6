"""Git's objects of a removed commit: those that something else needs stay."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from attune.forget.repository import Refs, remove_refs


def git(*arguments: str) -> str:
    author = ("-c", "user.name=Test", "-c", "user.email=test@localhost")
    done = subprocess.run(["git", *author, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_what_is_staged_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stash goes; a file of it that was applied and staged, but not committed, does not."""
    monkeypatch.chdir(tmp_path)
    git("init", "-q")
    for name in ("kept", "gone"):
        Path(name).write_text("first")
    git("add", "-A")
    git("commit", "-qm", "Start")
    for name in ("kept", "gone"):
        Path(name).write_text(f"{name}, changed")
    git("stash")
    commit = git("rev-parse", "stash@{0}")
    gone = git("rev-parse", f"{commit}:gone")
    Path("kept").write_text("kept, changed")
    git("add", "kept")
    remove_refs(None, Refs(stashes={"refs/stash": [0]}, commits={commit}))
    assert git("show", ":kept") == "kept, changed"
    assert subprocess.run(["git", "cat-file", "-e", gone], capture_output=True).returncode
    assert subprocess.run(["git", "cat-file", "-e", commit], capture_output=True).returncode
