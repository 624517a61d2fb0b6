"""Rich Text (.rtf), read by striprtf: TextEdit's and WordPad's own format.

https://en.wikipedia.org/wiki/Rich_Text_Format; RTF 1.9.1. A row of a table becomes a line with a
pipe after each cell.
"""

from __future__ import annotations

import re

from striprtf.striprtf import rtf_to_text

from stages.common.core.rejections import RecordingRejected

START = b"{\\rtf"
_LEFT_OUT = re.compile(r"\{[^{}]*\\(?:deleted|v)(?![a-z0-9])[^{}]*\}")
"""A run that is deleted (tracked) or hidden."""


def to_text(data: bytes) -> str:
    """The document as plain text.

    Raises: RecordingRejected(transcript_unreadable, transcript_not_utf8) for a damaged document,
        or for characters in an unknown encoding.
    """
    try:
        # RTF is ASCII; some programs write other characters in the document's code page.
        document = _LEFT_OUT.sub("", data.decode("cp1252", errors="replace"))
        text = str(rtf_to_text(document, errors="replace"))
    except (ValueError, LookupError, IndexError, TypeError, AttributeError, RecursionError):
        raise RecordingRejected("transcript_unreadable") from None
    if "\ufffd" in text:  # of a code page that is not known here
        raise RecordingRejected("transcript_not_utf8")
    return text
