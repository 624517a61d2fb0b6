"""A transcript's cues after the check."""

from __future__ import annotations

from dataclasses import dataclass, field

from stages.common.transcripts.cue import Cue
from stages.segment.checking.error_rate import ClearWords
from stages.segment.checking.offsets import WrongTimes


@dataclass(frozen=True)
class CheckedCues:
    cues: list[Cue]
    """With a score if they were checked."""
    unmatched: list[Cue] = field(default_factory=list)
    """Text without speech, of a transcript that was aligned; see `align.BuiltCues`."""
    wrong: WrongTimes | None = None
    """The error of the times, also if they have been corrected."""
    clear: ClearWords = field(default_factory=ClearWords)
    notices: tuple[str, ...] = ()
    """Keys of `rejections.NOTICE`."""
