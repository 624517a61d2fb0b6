"""Faults that a person can mend, and how a stage ends on one."""

from __future__ import annotations

import sys
from collections.abc import Callable


class UserError(Exception):
    """Something is wrong with the input, the parameters or the machine.

    Its text is shown as it is: one line a fault, saying what is wrong, with which recording (by id)
    and what to do. It never holds transcript text or a name that a person chose.
    """


def run_stage(name: str, main: Callable[[], None]) -> None:
    """Run a stage's `main`; a `UserError` ends it with its text and exit status 1, without a trace."""
    try:
        main()
    except UserError as fault:
        for line in str(fault).splitlines():
            print(f"{name}: {line}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print(f"{name}: stopped", file=sys.stderr)
        sys.exit(130)
