"""Commands that use a model: serve, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from attune.cli.program import app
from attune.exit_codes import with_exit_code


@app.command()
@with_exit_code
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Serve the tuned model behind OpenAI's transcription API.

    Decodes as `evaluate` does; writes no audio or text to disk. WHISPER_MODEL, WHISPER_DEVICE and
    WHISPER_COMPUTE_TYPE override the model, the device and the compute type. A --host that other
    machines can reach requires ATTUNE_API_KEY. SIGHUP reloads the model. All settings:
    docs/serving.md.

    \b
    Example:
      attune serve --port 8080
    """
    from service.run import serve

    serve(host, port)


@app.command()
@with_exit_code
def export(
    program: Annotated[
        Literal["speaches"],
        typer.Argument(metavar="PROGRAM", help="speaches is the only one supported."),
    ],
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="The folder that the program's HF_HUB_CACHE names."),
    ],
    name: Annotated[
        str, typer.Option(metavar="OWNER/MODEL", help="Name by which requests ask for the model.")
    ] = "attune/whisper",
) -> None:
    """Copy the tuned model to where speaches looks for it.

    speaches decodes with its own options: measure its WER with `attune score-service`.

    \b
    Example:
      attune export speaches .../hub --name clinic/whisper
    """
    from attune.export import export_speaches

    export_speaches(folder, name)
