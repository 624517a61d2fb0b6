"""WebVTT (.vtt): `WEBVTT`, then blocks with times like SubRip's, notes and styles between them."""

from __future__ import annotations

import html
import re

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue, one_line
from stages.common.transcripts.speakers import common_speaker
from stages.common.transcripts.timestamps import ARROW, subtitle_times

_VOICE = re.compile(r"<v(?:\.[^\s>]*)*\s+([^>]*)>")
_TAG = re.compile(r"</?(?:c|i|b|u|v|ruby|rt|lang)(?:[.\s][^>]*)?>|<[\d:.]+>")


def parse(text: str) -> list[Cue]:
    """The cues in file order.

    Raises: RecordingRejected(transcript_unreadable) if there is none.
    """
    if not is_vtt(text):
        raise RecordingRejected("transcript_unreadable")
    cues = []
    for block in re.split(r"\n[ \t]*\n", "\n".join(text.splitlines())):
        lines = block.strip().splitlines()
        if not lines or lines[0].split(None, 1)[0] in ("NOTE", "STYLE", "REGION"):
            continue
        # The line above the times may name the cue.
        at = next((number for number, line in enumerate(lines[:2]) if ARROW in line), None)
        if at is not None:
            cues.append(_cue(*subtitle_times(lines[at]), "\n".join(lines[at + 1 :])))
    if not cues:
        raise RecordingRejected("transcript_unreadable")
    return cues


def is_vtt(text: str) -> bool:
    """Whether the text begins with WebVTT's header, whatever its file is called."""
    return re.match(r"WEBVTT(\s|$)", text) is not None


def _cue(start: float, end: float, markup: str) -> Cue:
    speakers = [one_line(html.unescape(name)) for name in _VOICE.findall(markup)]
    text = html.unescape(_TAG.sub("", _VOICE.sub("", markup)))
    return Cue(start, end, text, common_speaker(name for name in speakers if name))
