"""How processes end: a stage with the DVC that runs it, workers with their stage, SIGTERM like
Ctrl-C; and that two runs of a stage in one folder follow each other."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from pathlib import Path
from types import FrameType
from typing import NoReturn

from stages.common.core.locks import held

_PR_SET_PDEATHSIG = 1
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LOCKS = Path(".state/locks")
"""In the working folder: the copies in which DVC runs queued experiments have their own."""


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP: the stage cleans up as after Ctrl-C."""


def end_with_parent(how: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel send `how` to this process when its parent ends, however that ends.

    Linux only. The setting survives `execv`.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, how)


@contextmanager
def starting_workers() -> Iterator[None]:
    """Processes that start in this context, and those that they start, get no SIGINT, SIGTERM or
    SIGHUP: their stage alone ends them, also where a signal goes to all, as Ctrl-C does."""
    # Otherwise its start, among the workers' own, would admit signals again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with_dvc() -> None:
    """If DVC runs this process, end when DVC does: after a SIGTERM to `dvc repro` alone, the stage
    would work on beside the next `dvc repro`."""
    if "DVC_STAGE" in os.environ:
        end_with_parent(signal.SIGTERM)


@contextmanager
def one_run(stage: str) -> Iterator[None]:
    """A run of `stage`: SIGTERM and SIGHUP clean up and exit with 128 + the signal's number; a
    second run in this folder waits for the first, since both write the same outputs."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # `nohup` ignores SIGHUP
            signal.signal(number, _terminate)

    def say() -> None:
        print(f"{stage}: another run of this stage is at work here; waiting for it", flush=True)

    try:
        # Of several processes (see stages/finetune/launch.py) only the main one writes outputs.
        if os.environ.get("RANK", "0") != "0":
            yield
            return
        with held(_LOCKS / stage, say):
            yield
    except Terminated as end:
        print(f"{stage}: terminated", file=sys.stderr, flush=True)
        with suppress(OSError):
            sys.stdout.flush()
        # All is cleaned up. The interpreter would take seconds to free large libraries, in which
        # the next run waits, and whoever sent the signal may send SIGKILL.
        os._exit(128 + end.args[0])


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    # Once: another must not interrupt the cleanup. A terminal that closes sends SIGHUP, and DVC's
    # end SIGTERM (see `end_with_dvc`).
    for each in (signal.SIGTERM, signal.SIGHUP):
        with suppress(ValueError):
            signal.signal(each, signal.SIG_IGN)
    raise Terminated(number)
