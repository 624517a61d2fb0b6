"""Lines that whisper, whisper.cpp and faster-whisper's examples print, saved as text.

- openai-whisper and whisper.cpp: `[00:01.000 --> 00:02.500]  So how was it?`
- faster-whisper: `[1.00s -> 2.50s] So how was it?`
- whisperX: `Transcript: [1.0 --> 2.5] So how was it?`
"""

from __future__ import annotations

import re

from stages.common.transcripts.cue import Cue
from stages.common.transcripts.timestamps import seconds

_TIME = r"(\d{1,6}(?:[.,]\d{1,3})?s?|(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?)"
_LINE = re.compile(rf"\s*(?:Transcript:\s*)?\[\s*{_TIME}\s*-{{1,2}}>\s*{_TIME}\s*\]\s*(.*)$")

_LOG = re.compile(
    r"(?:whisper|ggml|gguf|llama|output)_\w+:.*|(?:main|system_info|load_backend|register_backend):.*"
    r"|Detect(?:ed|ing) language\b.*|.*\bwarnings?\.warn\(.*",
    re.IGNORECASE,
)
"""What the programs print besides the words."""


def is_printed(text: str) -> bool:
    """Whether half of the lines begin with a start and an end in brackets."""
    lines = [line for line in text.splitlines() if line.strip() and not _LOG.match(line)]
    return bool(lines) and sum(map(bool, map(_LINE.match, lines))) * 2 >= len(lines)


def parse(text: str) -> list[Cue]:
    """The cues in file order. Lines above the first are no speech; others continue a cue."""
    cues: list[tuple[float, float, list[str]]] = []
    for line in text.splitlines():
        if match := _LINE.match(line):
            cues.append((seconds(match[1]), seconds(match[2]), [match[3]]))
        elif cues and not _LOG.match(line):
            cues[-1][2].append(line)
    return [Cue(start, end, "\n".join(lines)) for start, end, lines in cues]
