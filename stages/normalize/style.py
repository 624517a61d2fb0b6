"""Whether transcripts are written with case and stops, decided from counts."""

from __future__ import annotations

import re
from collections.abc import Iterable

THRESHOLD = 0.5
"""Share of segments from which transcripts count as written. Of people's transcripts with case and
stops it is 0.7 to 1.0 ("yeah, I think so" has no capital), of those in small letters under 0.01."""
_WORDS = 4
"""Shorter segments ("Mm-hmm.") say little of the style."""
_LETTERS = 8
"""The same in scripts that set no spaces between words."""
_I = re.compile(r"\bI\b")
_MARK = re.compile("[.,?!\u3001\u3002\uff0c\uff0e\uff1f\uff01\u060c\u061f\u0964\u037e\u0589]")


def written_share(texts: Iterable[str]) -> float | None:
    """Share of the texts of at least 4 words that hold a capital other than the English "I" beside
    small letters, and a stop or comma; None without such a text.

    In scripts without case the stop or comma decides.
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
