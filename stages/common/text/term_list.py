"""The list of terms, `data/terms.txt`: whose recall is counted, and which `evaluate.hotwords` puts
before each window.

One term a line; `|` separates variants of one term; `#` begins a comment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from stages.common.core.errors import UserError

TERMS = Path("data/terms.txt")


def variants_of(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """The line number of each term, and its variants as written."""
    for number, line in enumerate(lines, 1):
        term = line.partition("#")[0].strip()
        if term:
            yield number, [variant.strip() for variant in term.split("|")]


def read_lines(path: Path) -> list[str]:
    """Raises: UserError if the file is missing or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; create it (an empty file is allowed)") from None
    except OSError:
        raise UserError(f"{path}: it cannot be read; it must be a text file") from None
    except UnicodeDecodeError:
        raise UserError(f"{path}: not UTF-8") from None
