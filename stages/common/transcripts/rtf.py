"""Rich Text (.rtf), read by striprtf: TextEdit's and WordPad's own format.

https://en.wikipedia.org/wiki/Rich_Text_Format; RTF 1.9.1. A row of a table becomes a line with a
pipe after each cell.
"""

from __future__ import annotations

from striprtf.striprtf import rtf_to_text

from stages.common.core.rejections import RecordingRejected

START = b"{\\rtf"


def to_text(data: bytes) -> str:
    """The document as plain text.

    Raises: RecordingRejected(transcript_unreadable) for a damaged document.
    """
    try:
        # RTF is ASCII; what some programs write beyond it is in the code page of the document.
        return str(rtf_to_text(data.decode("cp1252", errors="replace"), errors="replace"))
    except (ValueError, LookupError, IndexError, TypeError, AttributeError, RecursionError):
        raise RecordingRejected("transcript_unreadable") from None
