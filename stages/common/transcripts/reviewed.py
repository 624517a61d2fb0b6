"""How a transcript says that a person has compared its text and times with the audio.

- WebVTT: a comment, `NOTE reviewed`
- JSON: `"reviewed": true` beside the segments
"""

from __future__ import annotations

import re

from stages.common.transcripts import json_cues

_NOTE = re.compile(r"^NOTE[ \t]+reviewed[ \t]*$", re.MULTILINE | re.IGNORECASE)


def vtt_is_reviewed(text: str) -> bool:
    return _NOTE.search(text) is not None


def json_is_reviewed(text: str) -> bool:
    """Raises: RecordingRejected(transcript_unreadable)."""
    data = json_cues.load(text)
    return isinstance(data, dict) and data.get("reviewed") is True
