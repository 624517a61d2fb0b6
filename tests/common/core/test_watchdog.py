"""Work in a process of its own: its result, its exception, and the end of work without bounds."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest

from stages.common.core import watchdog
from stages.common.core.errors import UserError
from stages.common.core.watchdog import WorkEnded, run_watched
from stages.common.core.work_limits import allow, allow_more

REPOSITORY = Path(__file__).parents[3]


def process_id() -> int:
    return os.getpid()


def spin() -> None:
    allow(0.2)
    while True:
        pass


def wait() -> None:
    time.sleep(600)


def fill() -> None:
    allow(60, megabytes=100)
    parts = []
    while True:
        parts.append(bytearray(5_000_000))


def crash() -> None:
    ctypes.string_at(0)


def leave() -> None:
    os._exit(0)


def spin_for(seconds: float, allowed: float) -> str:
    allow(0.2)
    allow_more(allowed)
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return "done"


class Odd(Exception):
    def __init__(self, one: int, two: int) -> None:
        super().__init__(one)


def fail(error: Exception) -> None:
    raise error


def fail_oddly() -> None:
    raise Odd(1, 2)


def test_a_process_is_kept_for_the_next_work() -> None:
    first = run_watched(process_id)
    assert first != os.getpid() and run_watched(process_id) == first


@pytest.mark.parametrize(
    ("work", "reason"),
    [
        (spin, "took_too_long"),
        (fill, "took_too_much_memory"),
        (crash, "work_crashed"),
        (leave, "work_crashed"),
    ],
)
def test_work_without_bounds_ends(work: Callable[[], None], reason: str) -> None:
    with pytest.raises(WorkEnded) as end:
        run_watched(work)
    assert end.value.reason == reason
    assert run_watched(process_id)


def test_work_that_only_waits_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "_WAITING_FLOOR", 0.5)
    monkeypatch.setattr(watchdog, "_WAITING_FACTOR", 0.0)
    with pytest.raises(WorkEnded, match="took_too_long"):
        run_watched(wait)


def test_work_may_take_what_it_allows_itself() -> None:
    assert run_watched(partial(spin_for, 0.6, 60.0)) == "done"


def test_its_exceptions_arrive() -> None:
    with pytest.raises(UserError, match="what to do"):
        run_watched(partial(fail, UserError("what to do")))
    with pytest.raises(KeyError) as error:
        run_watched(partial(fail, KeyError("x")))
    assert "in fail" in error.value.__notes__[0]
    with pytest.raises(RuntimeError, match="Odd"):
        run_watched(fail_oddly)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can do that")
def test_no_process_outlives_a_killed_program() -> None:
    code = (
        "import sys; from functools import partial; from stages.common.core.watchdog import "
        "run_watched; from tests.common.core.test_watchdog import process_id, spin_for\n"
        "print(run_watched(process_id), flush=True)\n"
        "run_watched(partial(spin_for, 600, 600))"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", code], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    worker = psutil.Process(int(program.stdout.readline()))
    program.send_signal(signal.SIGKILL)
    program.communicate()
    worker.wait(60)
    assert not worker.is_running()
