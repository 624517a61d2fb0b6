"""Reading of Markdown tables."""

from __future__ import annotations

import re


def table_rows(markdown: str) -> list[tuple[str, ...]]:
    """The cells of every table line, without their padding."""
    return [
        tuple(cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1])
        for line in markdown.splitlines()
        if line.startswith("| ")
    ]
