"""Error counts of each recording, as in `metrics/errors.csv`: ids and numbers, no text, for git.

One line a recording, not one a clip: the lengths of a recording's clips, in order, identify it to
anyone who has its transcript (`make bench-identify`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields

from stages.common.core.errors import UserError


@dataclass(frozen=True, order=True)
class ErrorCounts:
    """Error counts of a recording, or of some of its clips."""

    recording: str
    """A keyed hash (stages/common/core/ids.py)."""
    client: str
    """The keyed hash of the client, or the recording's own; "" in files of earlier versions."""
    clips: int
    reference_words: int
    substitutions: int
    deletions: int
    insertions: int

    @property
    def errors(self) -> int:
        return self.substitutions + self.deletions + self.insertions

    def __add__(self, other: ErrorCounts) -> ErrorCounts:
        """The sum of two counts of the same recording."""
        sums = (getattr(self, name) + getattr(other, name) for name in _COUNTS)
        return ErrorCounts(self.recording, self.client or other.client, *sums)


_COLUMNS = [field.name for field in fields(ErrorCounts)]
_COUNTS = _COLUMNS[2:]
_BY_CLIP = ["clip", "recording", "reference_words", "substitutions", "deletions", "insertions"]
"""The columns of earlier versions, which had a line per clip."""
_LINE, _COUNT = 1_000, 10**9
"""Limits that only a damaged file exceeds: characters of a line, words of a recording."""


def by_recording(counts: Iterable[ErrorCounts]) -> list[ErrorCounts]:
    """The sum for each recording, sorted by its id."""
    sums: dict[str, ErrorCounts] = {}
    for one in counts:
        known = sums.get(one.recording)
        sums[one.recording] = known + one if known else one
    return [sums[recording] for recording in sorted(sums)]


def to_csv(counts: Iterable[ErrorCounts]) -> str:
    """A header and a line per recording, sorted by id."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(astuple(one) for one in by_recording(counts))
    return out.getvalue()


def from_csv(text: str, where: str) -> list[ErrorCounts]:
    """The recordings of a table that `to_csv` wrote, in this version or in one of a line per clip.

    Args:
        where: the file's name in messages.

    Raises: UserError for any other form, with the line's number; the message does not repeat the
        text.
    """
    header, *lines = text.splitlines() or [""]
    columns = header.split(",")
    if columns not in (_COLUMNS, _BY_CLIP):
        raise UserError(f"{where}: the first line is not {','.join(_COLUMNS)}")
    counts: dict[str, ErrorCounts] = {}
    for number, line in enumerate(lines, 2):
        try:
            name, one = _parse(line, columns)
        except ValueError as error:
            raise UserError(f"{where}: line {number} {error}; write the file again") from None
        if name in counts:
            raise UserError(
                f"{where}: line {number} repeats the {columns[0]} of an earlier line; write the "
                "file again"
            )
        counts[name] = one
    if not counts:
        raise UserError(f"{where}: no {columns[0]}s")
    return by_recording(counts.values())


def _parse(line: str, columns: list[str]) -> tuple[str, ErrorCounts]:
    """The id of the line, and its counts. Raises: ValueError, whose message continues "line N"."""
    # No id needs a quote, which would take in the lines after it.
    values = line.split(",") if '"' not in line and len(line) <= _LINE else []
    try:
        first, second, *rest = values
        numbers = [int(count) for count in rest]
        if len(numbers) != len(columns) - 2:
            raise ValueError
    except ValueError:
        raise ValueError(f"is not two ids and {len(columns) - 2} counts") from None
    if columns == _BY_CLIP:
        one = ErrorCounts(second, "", 1, *numbers)
    else:
        one = ErrorCounts(first, second, *numbers)
    if not 1 <= one.clips <= one.reference_words or min(numbers) < 0 or max(numbers) > _COUNT:
        raise ValueError("holds an impossible count")
    if one.substitutions + one.deletions > one.reference_words:
        raise ValueError("has more substitutions and deletions than reference words")
    return first, one
