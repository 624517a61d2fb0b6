"""Transcripts of each format, and what reading one gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue, Transcript
from stages.common.transcripts.read import read_transcripts

SRT = "1\n00:00:01,000 --> 00:00:02,500\nHello there.\n\n"
SRT += "2\n00:01:03,5 --> 01:00:00,000\nHow are\nyou?\n"
CUES = [Cue(1.0, 2.5, "Hello there."), Cue(63.5, 3600.0, "How are you?")]

VTT = """WEBVTT - a title

STYLE
::cue { color: red }

NOTE a remark
over two lines

00:01.000 --> 00:02.500 align:start
<v Dr Lee>Hello <i>there</i>.</v>

a name
00:01:03.500 --> 01:00:00.000
How <00:01:04.000><c.loud>are</c> you &amp; yours?
"""

LONG = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 5
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "Client"
        xmin = 0
        xmax = 5
        intervals: size = 2
        intervals [1]:
            xmin = 0
            xmax = 2.5
            text = ""
        intervals [2]:
            xmin = 2.5
            xmax = 5
            text = "I said ""no"" ! and 3 more"
    item [2]:
        class = "IntervalTier"
        name = "Therapist"
        xmin = 0
        xmax = 5
        intervals: size = 1
        intervals [1]:
            xmin = 1
            xmax = 2
            text = "Go on."
"""
SHORT = '''File type = "ooTextFile"
Object class = "TextGrid"

0
5
<exists>
1
"IntervalTier"
"words"
0
5
2
0
2.5
""
2.5
5
"I said ""no"""
'''


def read(folder: Path, name: str, content: str | bytes) -> Transcript:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_transcripts([(path, "")])


def reason(folder: Path, name: str, content: str | bytes) -> str:
    with pytest.raises(RecordingRejected) as drop:
        read(folder, name, content)
    return drop.value.reason
