"""Jefferson and CHAT notation inside words, reduced to plain words.

- G. Jefferson, "Glossary of transcript symbols", 2004
- CHAT, https://talkbank.org/0info/manuals/CHAT.html, "Transcribing words" and "utterances"
"""

from __future__ import annotations

import re
from collections.abc import Callable

_FILLERS = re.compile(r"u[hm]+|e[rhm]+|a[hm]+|h?m+|mhm|oh", re.IGNORECASE)
_AMPERSAND = re.compile(r"(?<![\w&])&(?P<sign>[-~+=*]?)(?P<word>[^\W\d_][\w:'\u2019]*)(?![;\w])")
_TERMINATOR = re.compile(r"(?<!\S)\+(?:\.\.\.|\.\.\?|/{1,2}[.?!]|!\?|\"/?\.|[,<^\"+])(?!\S)")
_CENSORED = re.compile(
    r"(?<![\w*])[^\W\d_]+(?:\*+[^\W\d_]++)+(?:['\u2019][^\W\d_]+)?(?!\*)"  # sh*t, f***ing
    r"|(?<![\w*])[^\W\d_]{1,3}\*{2,}(?![\w*])"  # f***
    r"|(?<![\w*])\*{3,}[^\W\d_]+\b(?!\*)"  # ***ing
    r"|(?<![\w_])[^\W\d_]+_{2,}[^\W\d_]*"  # f__k
    r"|(?<![\w@#$%&*!])(?=\S{0,7}[@#$%])(?:[@#$%&*!]){3,}(?!\w)"  # @#$%!
)
_BREATH = re.compile(r"(?<![\w.\u00b7])[.\u00b7][hH]+\b|\bh{2,}\b\.?")
_LAUGH_PARTICLE = re.compile(r"(?<=[^\W\d_])\(h+\)|\(h+\)(?=[^\W\d_])")
_LONG = re.compile(r"(?<=[^\W\d_]):{2,}")
_SHORTER = re.compile(r"(?<=[^\W\d_]):(?=[^\W\d_])")
_LATCH = re.compile(r"(?<!\S)=++|(?<=[^\s=])=++(?!\S)")
_PACE = re.compile(r"(?<![\w>])>(?=\S)([^<>\n]{1,120})(?<=\S)<(?![\w<])")
_SIGNS = str.maketrans("", "", "\u2191\u2193\u00b0\u2308\u2309\u230a\u230b\u02d0\u21d7\u21d8")
"""Pitch, quiet speech, overlap and length."""


def is_jefferson(text: str) -> bool:
    """Whether a transcript is in Jefferson notation: two colons lengthen a sound somewhere."""
    return _LONG.search(text) is not None


def plain_words(text: str, mark: Callable[[str], str], jefferson: bool = False) -> str:
    """Text with the notation's signs removed from the words.

    `&-um` is the word, `&+fr` a false start, which is left out, and `&=laughs` a direction.
    `f***ing` is an unknown word.

    Args:
        mark: counts a mark of a kind of marks.KINDS; returns what replaces it.
        jefferson: a single colon inside a word lengthens a sound too.
    """
    text = _CENSORED.sub(lambda _: mark("redaction"), text)
    text = _AMPERSAND.sub(lambda match: _ampersand(match, mark), text)
    text = _TERMINATOR.sub(" ", text)
    text = _LAUGH_PARTICLE.sub("", text)
    text = _BREATH.sub(lambda _: mark("direction"), text)
    text = _LONG.sub("", text)
    if jefferson:
        text = _PACE.sub(r"\1", _SHORTER.sub("", text))
        text = _LATCH.sub("", text.translate(_SIGNS))
    return text


def _ampersand(match: re.Match[str], mark: Callable[[str], str]) -> str:
    sign, word = match["sign"], match["word"]
    if sign == "=":
        return mark("direction")
    if sign == "-" or (not sign and _FILLERS.fullmatch(word)):
        return word
    return mark("fragment") if sign else match[0]
