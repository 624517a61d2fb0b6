"""How a stage runs as a process: its lock, its inputs before and after, and how it ends."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

from stages.common.core.errors import UserError
from stages.common.core.machine_faults import machine_fault
from stages.common.core.pipeline import check_unchanged, states
from stages.common.core.private_folders import close_private_folders
from stages.common.core.process_lifetime import one_run


def run_stage(name: str, main: Callable[[], object]) -> None:
    """Run `main` of a stage. A `UserError` and a fault of the machine are printed without a
    traceback, with exit status 1; so are inputs that are missing or change during the run.

    Private folders are closed to other users first, whatever made them.
    """
    escape_unprintable()
    close_private_folders(Path(os.environ.get("DVC_ROOT", ".")))
    try:
        with one_run(name):
            before = states(name)
            main()
            check_unchanged(name, before)
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        message = str(error) if isinstance(error, UserError) else machine_fault(error)
        if not message:
            raise
        for line in message.splitlines():
            print(f"{name}: {line}", file=sys.stderr)
        sys.exit(1)


def escape_unprintable() -> None:
    """Print what the terminal's encoding lacks as escape sequences, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
