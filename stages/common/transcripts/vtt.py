"""WebVTT (.vtt): `WEBVTT`, then blocks with times like SubRip's, notes and styles between them.

https://www.w3.org/TR/webvtt1/. Zoom writes `Name: text` in the cues, Teams `<v Name>`.
"""

from __future__ import annotations

import html
import re

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue, one_line
from stages.common.transcripts.speakers import common_speaker
from stages.common.transcripts.timestamps import is_subtitle_times, subtitle_times

_VOICE = re.compile(r"<v(?:\.[^\s<>]*+)?\s++([^<>]*+)>")
_TAG = re.compile(r"</?(?:c|i|b|u|v|ruby|rt|lang)(?:[.\s][^<>]*)?>|<[\d:.]+>")


def parse(text: str) -> list[Cue]:
    """The cues in file order.

    Text after an empty line belongs to the cue above, though the format does not have it, unless
    it names the next cue. So does text right above the next cue's times.

    Raises: RecordingRejected(transcript_unreadable) if there is none.
    """
    if not is_vtt(text):
        raise RecordingRejected("transcript_unreadable")
    cues: list[tuple[str, list[str]]] = []
    lines = text.splitlines()
    inside_note = True  # the header goes on to the first empty line
    for at, line in enumerate(lines):
        after_blank = at > 0 and not lines[at - 1].strip()
        if is_subtitle_times(line):
            cues.append((line, []))
            inside_note = False
        elif after_blank and line.strip() and line.split(None, 1)[0] in ("NOTE", "STYLE", "REGION"):
            inside_note = True
        elif cues and not inside_note and not _names_cue(lines, at):
            cues[-1][1].append(line)
    if not cues:
        raise RecordingRejected("transcript_unreadable")
    return [_cue(*subtitle_times(times), "\n".join(text)) for times, text in cues]


def is_vtt(text: str) -> bool:
    """Whether the text begins with WebVTT's header, whatever its file is called."""
    return re.match(r"\s*WEBVTT(\s|$)", text) is not None


def _names_cue(lines: list[str], at: int) -> bool:
    """Whether a line is the identifier of the cue below: a number, or a line after an empty one."""
    if at + 1 == len(lines) or not is_subtitle_times(lines[at + 1]):
        return False
    return lines[at].strip().isdigit() or not lines[at - 1].strip()


def _cue(start: float, end: float, markup: str) -> Cue:
    speakers = [one_line(html.unescape(name)) for name in _VOICE.findall(markup)]
    text = html.unescape(_TAG.sub("", _VOICE.sub("", markup)))
    return Cue(start, end, text, common_speaker(name for name in speakers if name))
