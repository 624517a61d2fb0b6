"""SubRip (.srt): a number, `00:00:01,000 --> 00:00:02,500`, lines of text, an empty line."""

from __future__ import annotations

import math
import re

from stages.common.core.reasons import RecordingRejected
from stages.common.transcripts.cue import Cue

ARROW = "-->"
_TIME = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})$")
_MARKUP = re.compile(r"</?(?:b|i|u|s|em|strong|font)\b[^>]*>|\{\\[^}]*\}", re.IGNORECASE)


def parse(text: str) -> list[Cue]:
    """The cues in file order. Raises: RecordingRejected(transcript_unreadable) where there is none."""
    lines = text.splitlines()
    at = [number for number, line in enumerate(lines) if ARROW in line]
    if not at:
        raise RecordingRejected("transcript_unreadable")
    cues = []
    for here, after in zip(at, [*at[1:], len(lines) + 1], strict=True):
        said = lines[here + 1 : after]
        # The next cue's number stands right above its times. Some write no empty line before it,
        # and some texts have empty lines, so that an empty line ends nothing.
        if after <= len(lines) and said and said[-1].strip().isdigit():
            said.pop()
        start, end = times(lines[here])
        cues.append(Cue(start, end, _MARKUP.sub("", "\n".join(said))))
    return cues


def times(line: str) -> tuple[float, float]:
    """Seconds on both sides of the arrow, NaN for what is no time; settings may follow."""
    left, _, right = line.partition(ARROW)
    words = right.split()
    return seconds(left.strip()), seconds(words[0] if words else "")


def seconds(stamp: str) -> float:
    """`1:02:03,450`, `02:03.450` in seconds; NaN for anything else."""
    found = _TIME.match(stamp)
    if not found:
        return math.nan
    hours, minutes, whole, fraction = found.groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(whole) + float(f"0.{fraction}")
