"""The program `attune`, to which the other modules of this folder add its commands."""

from __future__ import annotations

import typer

from attune.exit_codes import EXIT_CODES

app = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    # Rich would read [brackets] in help and messages as markup.
    rich_markup_mode=None,
    # Typer's tracebacks show local variables, which may hold transcripts.
    pretty_exceptions_enable=False,
    epilog=EXIT_CODES,
)


@app.callback()
def _about() -> None:
    """Fine-tune Whisper on your own recordings and measure the improvement.

    Run in the root of a clone of Attune. `dvc repro` runs the pipeline.
    `attune COMMAND --help` shows a command's options and an example.
    """
