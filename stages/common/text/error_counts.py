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
_LINE, _COUNT = 1_000, 10**9
"""Limits that only a damaged file exceeds: characters of a line, words of a clip."""


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

    Raises: UserError for any other form, with the line's number; the message does not repeat the
        text.
    """
    header, *lines = text.splitlines() or [""]
    if header.split(",") != _COLUMNS:
        raise UserError(f"{where}: the first line is not {','.join(_COLUMNS)}")
    clips: dict[str, ClipErrors] = {}
    for number, line in enumerate(lines, 2):
        try:
            clip = _clip_of(line)
        except ValueError as error:
            raise UserError(f"{where}: line {number} {error}; write the file again") from None
        if clip.clip in clips:
            raise UserError(
                f"{where}: line {number} repeats the clip of an earlier line; write the file again"
            )
        clips[clip.clip] = clip
    if not clips:
        raise UserError(f"{where}: no clips")
    return list(clips.values())


def _clip_of(line: str) -> ClipErrors:
    """Raises: ValueError, whose message continues "line N"."""
    # No id needs a quote, which would take in the lines after it.
    values = line.split(",") if '"' not in line and len(line) <= _LINE else []
    try:
        clip, recording, *counts = values
        words, subs, dels, ins = (int(count) for count in counts)
    except ValueError:
        raise ValueError("is not two ids and four counts") from None
    if words < 1 or min(subs, dels, ins) < 0 or max(words, ins) > _COUNT:
        raise ValueError("holds an impossible count")
    if subs + dels > words:
        raise ValueError("has more substitutions and deletions than reference words")
    return ClipErrors(clip, recording, words, subs, dels, ins)
