"""Whether transcripts are written with case and punctuation, decided from counts."""

from __future__ import annotations

import re
from collections.abc import Iterable

THRESHOLD = 0.5
"""Share of segments from which transcripts count as written. It is 0.7 to 1.0 in transcripts with
case and punctuation ("yeah, I think so" has no capital), under 0.01 in those in lower case."""
_WORDS = 4
"""Shorter segments ("Mm-hmm.") say little about the style."""
_LETTERS = 8
"""The same in scripts without spaces between words."""
_I = re.compile(r"\bI\b")
_MARK = re.compile("[.,?!\u3001\u3002\uff0c\uff0e\uff1f\uff01\u060c\u061f\u0964\u037e\u0589]")


def written_share(texts: Iterable[str]) -> float | None:
    """Share of the texts of at least 4 words with upper and lower case (the English "I" aside)
    and a stop or comma; None without a text of that length.

    In scripts without case the stop or comma alone decides.
    """
    written = [is_written(text) for text in texts if _is_long(text)]
    return sum(written) / len(written) if written else None


def is_written(text: str) -> bool:
    letters = [char for char in _I.sub("", text) if char.isalpha()]
    upper, lower = (any(map(case, letters)) for case in (str.isupper, str.islower))
    return bool(_MARK.search(text)) and upper == lower


def _is_long(text: str) -> bool:
    if len(text.split()) >= _WORDS:
        return True
    letters = [char for char in text if char.isalpha()]
    return len(letters) >= _LETTERS and not any(c.isupper() or c.islower() for c in letters)
