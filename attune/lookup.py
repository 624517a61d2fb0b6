"""`attune lookup`: the files behind ids, for the screen of a person who may read their names."""

from __future__ import annotations

from typing import Annotated

import typer


def lookup(
    ids: Annotated[
        list[str],
        typer.Argument(
            metavar="ID",
            help="A recording (r0123456789), its segment (r0123456789-0004) or a client (c...).",
        ),
    ],
) -> None:
    """Print the file names behind ids from messages and metrics.

    Recomputes the id of each file in data.sessions and evaluate.guard with data.key; no list of
    names is stored. The output holds file names: keep it private.

    \b
    Example:
      attune lookup r0123456789 c0123456789
    """
    from attune.file_names import lines, read_names

    print(*lines(ids, read_names()), sep="\n")
