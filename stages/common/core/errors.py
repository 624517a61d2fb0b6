"""Errors that a user can correct, and how a stage ends on one."""

from __future__ import annotations

import sys
from collections.abc import Callable

from stages.common.core.endings import one_run


class UserError(Exception):
    """The input, the parameters or the machine need a correction.

    The message is shown as it is: one line for each error, with the recording's id, what is wrong
    and what to do. It contains no transcript text and no name that a person chose.
    """


def run_stage(name: str, main: Callable[[], None]) -> None:
    """Run `main` of a stage; a `UserError` is printed without a traceback, with exit status 1."""
    try:
        with one_run(name):
            main()
    except UserError as error:
        for line in str(error).splitlines():
            print(f"{name}: {line}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        sys.exit(130)
