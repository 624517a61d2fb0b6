"""Error counts of each clip, as in `metrics/errors.csv`: ids and numbers without text, for git."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields

from stages.common.core.errors import UserError


@dataclass(frozen=True, order=True)
class ClipErrors:
    clip: str
    """`<recording>-<number>`."""
    recording: str
    """A keyed hash (stages/common/core/ids.py)."""
    reference_words: int
    substitutions: int
    deletions: int
    insertions: int

    @property
    def errors(self) -> int:
        return self.substitutions + self.deletions + self.insertions


_COLUMNS = [field.name for field in fields(ClipErrors)]


def to_csv(clips: Iterable[ClipErrors]) -> str:
    """A header and a line per clip, sorted by id."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(astuple(clip) for clip in sorted(clips))
    return out.getvalue()


def from_csv(text: str, where: str) -> list[ClipErrors]:
    """The clips of a table that `to_csv` wrote.

    Args:
        where: the file's name in messages.

    Raises: UserError for any other form; the message does not repeat the text.
    """
    rows = csv.reader(io.StringIO(text))
    if next(rows, None) != _COLUMNS:
        raise UserError(f"{where}: the first line is not {','.join(_COLUMNS)}")
    clips = []
    for number, row in enumerate(rows, 2):
        try:
            clip, recording, *counts = row
            words, subs, dels, ins = (int(count) for count in counts)
        except ValueError:
            raise UserError(f"{where}: line {number} is not two ids and four counts") from None
        if words < 1 or min(subs, dels, ins) < 0:
            raise UserError(f"{where}: line {number} holds an impossible count")
        clips.append(ClipErrors(clip, recording, words, subs, dels, ins))
    if not clips:
        raise UserError(f"{where}: no clips")
    return clips
