"""Locks: exclusive or shared, released with their process, and true to a file that was replaced."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from stages.common.core.locks import Lock, held
from tests.support.imports import ROOT


def test_exclusive_and_shared(tmp_path: Path) -> None:
    first, second = (Lock(tmp_path / "new" / "a.lock") for _ in range(2))
    assert first.take(shared=True) and second.take(shared=True, wait=False)
    assert not first.take(wait=False)  # and it is lost
    assert second.take(wait=False)
    assert not first.take(shared=True, wait=False)
    second.release()
    assert first.take(wait=False)
    first.release()


def test_a_file_that_its_last_holder_removed(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    first, second, third = (Lock(path) for _ in range(3))
    assert first.take() and not second.take(wait=False)
    path.unlink()
    assert second.take(wait=False), "the lock is of the name, not of the removed file"
    first.release()
    assert not third.take(wait=False)


def test_a_killed_holder(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from stages.common.core.locks import Lock\n"
        "lock = Lock(Path(sys.argv[1])); lock.take(); print('held', flush=True); time.sleep(600)"
    )
    path = tmp_path / "a.lock"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        assert not Lock(path).take(wait=False)
        os.kill(holder.pid, signal.SIGKILL)
    said: list[str] = []
    with held(path, lambda: said.append("waiting")):
        assert not said


def test_a_place_without_files(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with held(tmp_path / "file" / "a.lock", lambda: None):
        pass
