"""Lyrics with times (.lrc), as some recorders' apps export speech: `[00:01.00]So how was it?`

https://en.wikipedia.org/wiki/LRC_(file_format). A line ends where the next one begins; the last
one ends at the recording's length, if the file has it as `[length: 03:20]`.
"""

from __future__ import annotations

import math
import re

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.timestamps import seconds

_TIME = r"\[(\d{1,3}:\d{2}[.:]\d{1,3})\]"
_LINE = re.compile(rf"\s*((?:{_TIME}\s*)+)(.*)$")
_TAG = re.compile(r"\s*\[([a-z#]+)\s*:(.*)\]\s*$", re.IGNORECASE)
_CLOCK = re.compile(r"\s*\[\d{1,2}:[0-5]\d:[0-5]\d\]")
"""Hours, minutes and seconds, unless the file has tags: LRC's fraction may have a colon."""
_WORD_TIME = re.compile(r"<\d{1,3}:\d{2}[.:]\d{1,3}>")


def is_lrc(text: str) -> bool:
    """Whether nearly all lines begin with a time with a fraction or are a tag, `[ar: x]`."""
    lines = [line for line in text.splitlines() if line.strip()]
    timed = sum(bool(_LINE.match(line)) for line in lines)
    tags = sum(bool(_TAG.match(line)) for line in lines)
    if not tags and all(map(_CLOCK.match, lines)):
        return False
    return timed >= 2 and timed + tags >= 0.9 * len(lines)


def parse(text: str) -> list[Cue]:
    """The cues by time; the end is NaN where the file does not tell it.

    Raises: RecordingRejected(transcript_unreadable) if there is none.
    """
    begins: list[tuple[float, str]] = []
    length = math.nan
    for line in text.splitlines():
        if match := _LINE.match(line):
            words = _WORD_TIME.sub("", match[3])
            # A line that is said twice has two times.
            begins += [(_seconds(time), words) for time in re.findall(_TIME, match[1])]
        elif (tag := _TAG.match(line)) and tag[1].lower() == "length":
            length = seconds(tag[2].strip())
    if not begins:
        raise RecordingRejected("transcript_unreadable")
    begins.sort(key=lambda begin: begin[0])
    ends = [start for start, _ in begins[1:]] + [length]
    cues = [Cue(start, end, words) for (start, words), end in zip(begins, ends, strict=True)]
    return [cue for cue in cues if cue.text.strip()]


def _seconds(time: str) -> float:
    minutes, _, rest = time.partition(":")
    return int(minutes) * 60 + float(rest.replace(":", "."))
