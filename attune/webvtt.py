"""WebVTT as drafts and reviewed transcripts have it; stages/common/transcripts/vtt.py reads it.

https://www.w3.org/TR/webvtt1/: a cue's text has character references for `&`, `<` and `>`, and a
voice tag names its speaker.
"""

from __future__ import annotations

import html
from collections.abc import Sequence

from stages.common.transcripts.cue import Cue, one_line
from stages.common.transcripts.timestamps import ARROW, webvtt_time

_HEADER, _REVIEWED, _NOTE = "WEBVTT", "NOTE reviewed", "NOTE"


def write_vtt(cues: Sequence[Cue], reviewed: bool = False, ids: Sequence[str] = ()) -> str:
    """The cues in the order given, each text and speaker on one line.

    Args:
        cues: times are written to the millisecond.
        reviewed: add `NOTE reviewed`, see stages/common/transcripts/reviewed.py.
        ids: an identifier for each cue, written on the line above its times.

    Raises: ValueError if the number of ids differs from that of cues, or one is not an identifier.
    """
    blocks = [_HEADER, _REVIEWED] if reviewed else [_HEADER]
    names = [_identifier(name) for name in ids] if ids else [""] * len(cues)
    blocks += [f"{name}{_block(cue)}" for cue, name in zip(cues, names, strict=True)]
    return "\n\n".join(blocks) + "\n"


def _identifier(name: str) -> str:
    if not name or one_line(name) != name or ARROW in name or name.split()[0] == _NOTE:
        raise ValueError("not an identifier of a WebVTT cue")
    return f"{name}\n"


def _block(cue: Cue) -> str:
    text, speaker = _escaped(cue.text), _escaped(cue.speaker)
    if text.split(" ", 1)[0] == _NOTE and not speaker:
        text = f"&#{ord(text[0])};{text[1:]}"  # else readers would take the text for a note
    if speaker.endswith("--"):  # else the end of the tag would complete an arrow
        speaker = f"{speaker[:-1]}&#45;"
    voice = f"<v {speaker}>" if speaker else ""
    return f"{webvtt_time(cue.start)} {ARROW} {webvtt_time(cue.end)}\n{voice}{text}"


def _escaped(text: str) -> str:
    return html.escape(one_line(text), quote=False)
