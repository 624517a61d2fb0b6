"""The words in a `value` of DAIC-WOZ's transcripts.

stages/common/transcripts/marks.py handles `<laughter>`, `[sigh]`, `xxx`, `scrubbed_entry` and
`people <peop>`, a word with the part of it that was pronounced.
"""

from __future__ import annotations

import re

_SYNC = re.compile(r"[<\[(]\s*synch?(?:ing|ed)?\b\s*[>\])]?\.?", re.IGNORECASE)
"""Signals by which audio and video were synchronized; some are not closed."""
_KEYED = re.compile(r"\S+\s*\((?P<words>[^()]*)\)\s*")
"""Ellie's utterances were chosen by a key: `how_doing (how are you doing today)`."""
_KEY = re.compile(r"(?=\w*?[\d_])\w++")
_LETTERS = re.compile(r"\b[^\W\d_](?:_[^\W\d_])+\b")
"""`l_a`, spelled out letter by letter."""
_JOINED = re.compile(r"(?<!\S)(?=\S)(?![^\w\s]*+scrubbed_entry\b)\S*_\S*")
UNCLEAR = "[unclear]"


def spoken(value: str, is_interviewer: bool) -> tuple[str, bool]:
    """(words and marks of a value, whether it is only a synchronization signal)."""
    text = " ".join(_SYNC.sub(" ", value).split())
    if not text:
        return "", bool(value.strip())
    if is_interviewer:
        if keyed := _KEYED.fullmatch(text):
            text = keyed["words"].strip() or UNCLEAR
        elif "(" in text or _KEY.fullmatch(text):
            text = UNCLEAR  # a key alone does not tell the words
    text = _LETTERS.sub(lambda match: match[0].replace("_", "").upper(), text)
    return _JOINED.sub(UNCLEAR, text), False
