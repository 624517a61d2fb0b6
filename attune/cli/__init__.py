"""The command line: all commands with their options and help texts, in the order of `--help`.

A command imports its module inside its function, so that `attune --help` stays fast and
`attune pr-comment` runs in CI with few packages.
"""

from __future__ import annotations

import sys
import traceback

from attune.cli import recordings, results, models  # isort: skip
from attune.cli.program import app
from attune.exit_codes import BUG

__all__ = ["app", "main", "models", "recordings", "results"]


def main() -> None:
    try:
        app(prog_name="attune")
    except Exception:
        # Python exits with 1 after an exception, which here means a finding.
        traceback.print_exc()
        sys.exit(BUG)
