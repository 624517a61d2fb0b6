"""Runs work in child processes, and kills those that exceed their limits of time or memory.

A damaged file can hang a decoder, crash it, or fill the memory, and no code inside the process can
prevent that. So each piece of work runs in a process that is reused, or killed and replaced if the
work exceeds its limits (see work_limits.py).

The limits are on CPU time, since other programs slow a machine down, and on the time that a process
waits for anything but a core, such as a disk that does not respond.
"""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe
from queue import Empty, LifoQueue
from typing import Any

import psutil

from stages.common.core.process_lifetime import starting_workers
from stages.common.core.work_limits import Allowance, More

FIRST = Allowance(seconds=60.0, megabytes=1200.0)
"""Limits until the work sets its own; the process may still have to import its libraries."""
_WAITING_FLOOR, _WAITING_FACTOR = 60.0, 10.0
"""Limit of waiting: a constant, in seconds, and a multiple of the CPU seconds. A slow disk is no
fault."""
_POLL_SECONDS = 0.1
_START_SECONDS = 600.0
"""Wall-clock time for a process to import what it needs."""
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")

Work = Callable[[], Any]


class WorkEnded(Exception):
    """The work was ended; `reason` is a key of `rejections.RECORDING`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def run_watched(work: Work) -> Any:
    """The result of `work`, which is done in another process.

    Args:
        work: picklable, its arguments included.

    Raises: WorkEnded(took_too_long, took_too_much_memory, work_crashed), and what `work` raises.
    """
    process = _idle_process()
    try:
        result = process.run(work)
    except WorkEnded:
        raise
    except BrokenPipeError:  # it ended while it was idle
        process.kill()
        return run_watched(work)
    except BaseException:
        process.kill()
        raise
    _idle.put(process)
    succeeded, value = result
    if not succeeded:
        raise value
    return value


class _Process:
    def __init__(self) -> None:
        self._connection, other = Pipe()
        self._closing = threading.Lock()
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        for name in _THREADS:  # all processes together use each core once
            environment.setdefault(name, "1")
        with other, starting_workers():
            self._child = subprocess.Popen(
                [sys.executable, "-m", "stages.common.core.watchdog_process", str(other.fileno())],
                env=environment,
                pass_fds=[other.fileno()],
                stdin=subprocess.DEVNULL,
            )
        self._facts = psutil.Process(self._child.pid)
        _running.add(self)
        if not self._connection.poll(_START_SECONDS) or self._receive() != "ready":
            self.kill()
            raise RuntimeError("the process for the work on recordings does not start")

    def is_alive(self) -> bool:
        return self._child.poll() is None

    def kill(self) -> None:
        _running.discard(self)
        self._child.kill()
        self._child.wait()
        # At Ctrl-C the main thread kills it, and the thread that waits for it finds it ended.
        with self._closing:
            self._connection.close()

    def run(self, work: Work) -> tuple[bool, Any]:
        """(whether it succeeded, its result or its exception). Raises: WorkEnded."""
        limits = _Limits(self._facts)
        self._connection.send_bytes(pickle.dumps(work))
        while True:
            if self._connection.poll(_POLL_SECONDS):
                message = self._receive()
                if isinstance(message, tuple):
                    return message
                if message is None:
                    self.kill()
                    raise WorkEnded("work_crashed")
                limits.change(message)
            if reason := limits.broken():
                self.kill()
                raise WorkEnded(reason)

    def _receive(self) -> Any:
        """The next message; None if the process has ended."""
        try:
            return self._connection.recv()
        except (EOFError, OSError):
            return None


class _Limits:
    """What a process may take until its work says otherwise."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._bytes_before = process.memory_info().rss
        self._last_look = time.monotonic()
        self._allow(FIRST)

    def _allow(self, allowance: Allowance) -> None:
        self._last_cpu = self._cpu()
        self._cpu_end = self._last_cpu + allowance.seconds
        self._may_wait = _WAITING_FLOOR + _WAITING_FACTOR * allowance.seconds
        self._megabytes = allowance.megabytes

    def change(self, message: Allowance | More) -> None:
        if isinstance(message, More):
            self._cpu_end += message.seconds
            self._may_wait += _WAITING_FACTOR * message.seconds
        else:
            self._allow(message)

    def broken(self) -> str:
        """The reason to end the work; "" while it may go on."""
        try:
            taken = (self._process.memory_info().rss - self._bytes_before) / 1e6
            self._look()
        except psutil.Error:  # it has ended; `_receive` reports that
            return ""
        if self._megabytes is not None and taken > self._megabytes:
            return "took_too_much_memory"
        ended = self._last_cpu > self._cpu_end or self._may_wait < 0
        return "took_too_long" if ended else ""

    def _look(self) -> None:
        now, cpu = time.monotonic(), self._cpu()
        # One that waits for a core is "running".
        if cpu == self._last_cpu and self._process.status() != psutil.STATUS_RUNNING:
            # Not the whole pause of a stopped program or a sleeping machine.
            self._may_wait -= min(now - self._last_look, 10 * _POLL_SECONDS)
        self._last_look, self._last_cpu = now, cpu

    def _cpu(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)


_running: set[_Process] = set()
_idle: LifoQueue[_Process] = LifoQueue()
_starter = ThreadPoolExecutor(1, "watchdog")
"""Starts all processes: the kernel ends each with the thread that started it, and this one lives as
long as the program."""


@atexit.register
def end_processes() -> None:
    """End all processes, also those at work: their work is given up."""
    for process in list(_running):
        process.kill()


def _idle_process() -> _Process:
    while True:
        try:
            process = _idle.get_nowait()
        except Empty:
            return _starter.submit(_Process).result()
        if process.is_alive():
            return process
