"""Errors clip by clip, as `metrics/errors.csv` keeps them in git: ids and counts, no text."""

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
    """A salted id (stages/common/core/ids.py)."""
    reference_words: int
    substitutions: int
    deletions: int
    insertions: int

    @property
    def errors(self) -> int:
        return self.substitutions + self.deletions + self.insertions


_NAMES = [field.name for field in fields(ClipErrors)]


def to_csv(clips: Iterable[ClipErrors]) -> str:
    """A header and one line a clip, sorted by id."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_NAMES)
    writer.writerows(astuple(clip) for clip in sorted(clips))
    return out.getvalue()


def from_csv(text: str, where: str) -> list[ClipErrors]:
    """What `to_csv` wrote. `where` names the file in messages.

    Raises: UserError if the text is not of that form; the message does not repeat it.
    """
    rows = csv.reader(io.StringIO(text))
    if next(rows, None) != _NAMES:
        raise UserError(f"{where}: the first line is not {','.join(_NAMES)}")
    clips = []
    for number, row in enumerate(rows, 2):
        try:
            clip, recording, *counts = row
            words, subs, dels, ins = (int(count) for count in counts)
        except ValueError:
            raise UserError(f"{where}: line {number} is not two ids and four counts") from None
        if words < 1 or min(subs, dels, ins) < 0:
            raise UserError(f"{where}: line {number} holds a count that cannot be")
        clips.append(ClipErrors(clip, recording, words, subs, dels, ins))
    if not clips:
        raise UserError(f"{where}: no clips")
    return clips
