"""`trained_on.txt` in the folder of a model or of a run: the recordings that it learned from.

Salted ids, sorted, one a line. `attune forget` decides by it which models learned from a person. A
model that becomes the base of another passes its list on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from stages.common.core.files import write_text
from stages.common.dataset.split_storage import load_split

TRAINED_ON = "trained_on.txt"
_ID = re.compile(r"r[0-9a-f]{10}")


def learned_from(dataset: Path, base: Path) -> list[str]:
    """The recordings of the training and validation splits, and those of the base's list.

    Validation counts: it chooses the checkpoint.
    """
    ids = set(read_trained_on(base) or ())
    for split in ("train", "validation"):
        ids.update(load_split(dataset / split).unique("recording"))
    return sorted(ids)


def write_trained_on(folder: Path, recordings: Iterable[str]) -> None:
    write_text(folder / TRAINED_ON, "".join(f"{name}\n" for name in sorted(set(recordings))))


def copy_trained_on(source: Path, *targets: Path) -> None:
    """Copy the list in the folder `source`, if it has one, to the folders `targets`."""
    known = read_trained_on(source)
    for target in targets if known is not None else ():
        write_trained_on(target, known or ())


def read_trained_on(folder: Path) -> frozenset[str] | None:
    """The listed ids; None if the folder has no list."""
    try:
        return parse_trained_on((folder / TRAINED_ON).read_bytes())
    except OSError:
        return None


def parse_trained_on(content: bytes) -> frozenset[str] | None:
    """The ids in a list's content; None if it is not a list."""
    lines = content.decode("utf-8", errors="replace").split()
    return frozenset(lines) if all(map(_ID.fullmatch, lines)) else None
