"""SubRip (.srt): a number, `00:00:01,000 --> 00:00:02,500`, lines of text, an empty line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.timestamps import is_subtitle_times, subtitle_times

_MARKUP = re.compile(r"</?(?:b|i|u|s|em|strong|font)\b[^<>]*>|\{\\[^{}]*\}", re.IGNORECASE)
_SPACE = re.compile(r"\\[Nh]")
"""Line break and hard space of SubStation, left behind by converters."""


def parse(text: str) -> list[Cue]:
    """The cues in file order.

    Raises: RecordingRejected(transcript_unreadable) if there is none.
    """
    lines = text.splitlines()
    time_lines = [number for number, line in enumerate(lines) if is_subtitle_times(line)]
    if not time_lines:
        raise RecordingRejected("transcript_unreadable")
    apart = _numbers_stand_apart(lines, time_lines)
    cues = []
    for at, following in zip(time_lines, [*time_lines[1:], len(lines) + 1], strict=True):
        text_lines = lines[at + 1 : following]
        # The next cue's number stands right above its times. Some writers leave out the empty line
        # before it, and some texts have empty lines, so that an empty line ends nothing.
        if following <= len(lines):
            while apart and text_lines and not text_lines[-1].strip():
                text_lines.pop()
            if text_lines and text_lines[-1].strip().isdigit():
                text_lines.pop()
        start, end = subtitle_times(lines[at])
        cues.append(Cue(start, end, _SPACE.sub(" ", _MARKUP.sub("", "\n".join(text_lines)))))
    return cues


def _numbers_stand_apart(lines: Sequence[str], time_lines: Sequence[int]) -> bool:
    """Whether each number has an empty line between it and its times."""
    first = time_lines[0]
    return (
        first >= 2
        and not lines[first - 1].strip()
        and any(line.strip().isdigit() for line in lines[:first])
    )
