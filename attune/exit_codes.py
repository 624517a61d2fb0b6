"""Exit codes: a command returns False for a finding and raises UserError for a usage error."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from stages.common.core.errors import UserError
from stages.common.core.machine_faults import machine_fault
from stages.common.core.private_folders import close_private_folders
from stages.common.core.run_stage import escape_unprintable

FINDING, WRONG_USE, BUG, INTERRUPTED = 1, 2, 3, 130
EXIT_CODES = """\b
Exit codes:
  0    done
  1    a finding: a failed gate, a stale dvc.lock, a model that is worse or
       not comparable, a profile that is not set, a failed experiment, a
       recording that could not be imported, an id without a file, data of a
       forgotten client
  2    usage error: invalid or missing arguments, parameters or files
  3    a bug in Attune, with a traceback
  130  interrupted (Ctrl-C)
"""


def with_exit_code(command: Callable[..., bool | None]) -> Callable[..., None]:
    name = command.__name__.strip("_").replace("_", "-")

    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> None:
        try:
            escape_unprintable()
            _check_folder()
            close_private_folders(Path())
            ok = command(*args, **options)
        except UserError as fault:
            for line in str(fault).splitlines():
                print(f"{name}: {line}", file=sys.stderr)
            raise typer.Exit(WRONG_USE) from None
        except KeyboardInterrupt:
            print(f"{name}: interrupted", file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from None
        except (OSError, MemoryError, RuntimeError) as error:
            if not (line := machine_fault(error)):
                raise
            print(f"{name}: {line}", file=sys.stderr)
            raise typer.Exit(WRONG_USE) from None
        if ok is False:
            raise typer.Exit(FINDING)

    return run


def _check_folder() -> None:
    """Raises: UserError outside a clone's root, or if another clone's code would run."""
    if not Path("params.yaml").exists():
        raise UserError("no params.yaml here; run this in the root of your clone of Attune")
    local = Path("attune/exit_codes.py")
    if local.is_file() and not local.samefile(__file__):
        raise UserError(
            "this command was installed from another clone; use `python -m attune`, or run "
            "`make setup` here and `source .venv/bin/activate`"
        )
