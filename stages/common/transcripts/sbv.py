"""YouTube's SubViewer (.sbv): `0:00:01.000,0:00:02.500`, lines of text, an empty line.

https://support.google.com/youtube/answer/2734698
"""

from __future__ import annotations

import re

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.timestamps import seconds

_TIME = r"(\d{1,3}:\d{2}:\d{2}[.,]\d{1,3})"
_TIMES = re.compile(rf"^[ \t]*{_TIME}[ \t]*,[ \t]*{_TIME}[ \t]*$", re.MULTILINE)


def is_sbv(text: str) -> bool:
    """Whether the text begins with a start and an end on a line of their own."""
    return _TIMES.match(text.lstrip()) is not None


def parse(text: str) -> list[Cue]:
    """The cues in file order; `[br]` is a line break.

    Raises: RecordingRejected(transcript_unreadable) if there is none.
    """
    _, *parts = _TIMES.split(text)
    if not parts:
        raise RecordingRejected("transcript_unreadable")
    return [
        Cue(seconds(start), seconds(end), words.replace("[br]", "\n"))
        for start, end, words in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    ]
