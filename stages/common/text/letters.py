"""Text reduced to its words: letters, in-word apostrophes and single spaces."""

import re

from stages.common.text.unicode_forms import is_mark

_NOT_LETTERS = re.compile(r"[^a-z' ]+")
# Apostrophes at the edge of a word are quotation marks or clipped letters ("goin'").
_EDGE_APOSTROPHE = re.compile(r"(?<![^ ])'+|'+(?![^ ])|''+")


def letters_only(text: str, *, keep_digits: bool = False) -> str:
    """Letters and combining marks, in-word apostrophes and single spaces; digits on request."""
    if text.isascii() and not keep_digits:
        text = _NOT_LETTERS.sub(" ", text)
    else:
        kept: list[str] = []
        for char in text:
            if char.isalpha() or char == "'" or (keep_digits and char.isdigit()):
                kept.append(char)
            elif is_mark(char):
                # A combining mark is dropped together with its letter.
                if kept and (kept[-1].isalpha() or is_mark(kept[-1])):
                    kept.append(char)
            else:
                kept.append(" ")
        text = "".join(kept)
    if "'" in text:
        text = _EDGE_APOSTROPHE.sub(" ", text)
    return " ".join(text.split())
