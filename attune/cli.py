"""The command line: `attune --help` lists every command.

A command returns False for a finding and raises UserError for wrong use; `_register` turns both
into exit codes. A command's module imports what is heavy inside its function, so that
`attune --help` stays fast and `attune pr-comment` runs in CI with few packages.
"""

from __future__ import annotations

import functools
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from attune.compare import compare
from attune.draft.command import draft
from attune.init import init
from attune.lookup import lookup
from attune.pr_comment import pr_comment
from attune.profile import profile
from attune.release_check import release_check
from attune.summary import summary
from stages.common.core.errors import UserError

FINDING, WRONG_USE, BUG, INTERRUPTED = 1, 2, 3, 130
_EXIT_CODES = """\b
Exit codes:
  0    done
  1    a finding: a gate that does not hold, a stale dvc.lock, a model that is
       worse or not comparable, a profile that is not set, a failed experiment
  2    wrong use: arguments, parameters or files that are wrong or missing
  3    a bug in Attune, with a traceback
  130  interrupted (Ctrl-C)
"""

app = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    # Rich would read [brackets] in help and messages as markup.
    rich_markup_mode=None,
    # Typer's tracebacks show local variables, which may hold transcripts.
    pretty_exceptions_enable=False,
    epilog=_EXIT_CODES,
)


@app.callback()
def _about() -> None:
    """Fine-tune Whisper on your own recordings and measure whether it got better.

    Run in the root of a clone of Attune. `dvc repro` runs the pipeline.
    `attune COMMAND --help` shows a command's options and an example.
    """


def quality() -> None:
    """Write pages that show how each recording was segmented.

    Reads data/segments and writes data/quality/index.html, worst recording first, and one page per
    recording. The pages hold transcripts and stay outside git.

    \b
    Example:
      dvc repro segment && attune quality
    """
    from attune.quality.command import main as write_pages

    write_pages()


def sweep(
    rates: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RATE",
            help="Learning rates, separated by spaces or commas.",
            show_default="1e-6 5e-6 1e-5 3e-5 5e-5",
        ),
    ] = None,
) -> bool:
    """Train once per learning rate and rank by validation WER.

    Runs one DVC experiment per rate, one after the other, prints a line as each ends and then the
    ranking. The recordings must be tracked by git or DVC (`dvc add`), and tracked files must not
    change meanwhile. After Ctrl-C or a failure repeat the command: it runs only what is left.

    Exit code 1: an experiment failed.

    \b
    Example:
      attune sweep 2e-6 4e-6
    """
    from attune.sweep import RATES
    from attune.sweep import sweep as run_sweep

    return run_sweep(rates or RATES)


def _register(name: str, command: Callable[..., bool | None]) -> None:
    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> None:
        try:
            _check_folder()
            ok = command(*args, **options)
        except UserError as fault:
            for line in str(fault).splitlines():
                print(f"{name}: {line}", file=sys.stderr)
            raise typer.Exit(WRONG_USE) from None
        except KeyboardInterrupt:
            print(f"{name}: stopped", file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from None
        if ok is False:
            raise typer.Exit(FINDING)

    app.command(name)(run)


def _check_folder() -> None:
    """Raises: UserError outside a clone's root, and where another clone's code would run."""
    if not Path("params.yaml").is_file():
        raise UserError("no params.yaml here; change to the root of your clone of Attune")
    local = Path("attune/cli.py")
    if local.is_file() and not local.samefile(__file__):
        raise UserError(
            "this command was installed from another clone; use `python -m attune`, or run "
            "`make setup` here and `source .venv/bin/activate`"
        )


_register("init", init)
_register("profile", profile)
_register("draft", draft)
_register("quality", quality)
_register("lookup", lookup)
_register("compare", compare)
_register("pr-comment", pr_comment)
_register("release-check", release_check)
_register("summary", summary)
_register("sweep", sweep)


def main() -> None:
    try:
        app(prog_name="attune")
    except Exception:
        # Python's own exit code for an exception, 1, means a finding here.
        traceback.print_exc()
        sys.exit(BUG)
