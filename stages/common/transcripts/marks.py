"""Transcribers' marks beside the words, such as [laughs], [inaudible] or [NAME], by kind.

Directions (laughs, sighs, pauses) hide no words and are removed. Inaudible, redacted and unsure
passages do hide words, and so may a mark of no known kind: each is replaced by `UNKNOWN`, a word of
its own, so that segments which contain it are dropped.
"""

from __future__ import annotations

import re
from collections import Counter

from stages.common.transcripts.timestamps import TIMESTAMP

UNKNOWN = "\ue000"
"""A character of Unicode's private use area, which no transcript has."""

KINDS = ("direction", "inaudible", "redaction", "unknown_mark", "unsure")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DIRECTIONS = _words("""
    applause beep blows breath breathes breathing chuckle chuckles chuckling clears cough
    coughing coughs cries cry crying door exhale exhales gasp gasps giggles giggling groans
    hesitates inhale inhales knock laugh laughing laughs laughter long mumbles music nod
    nodding nods noise nose pause paused pauses phone rings rustling short shrugs sigh sighing
    sighs silence silent smile smiles smiling sniff sniffing sniffles sniffs snorts sob
    sobbing sobs softly swallows tear tearful tearing tears throat up weeping weeps whisper
    whispering whispers yawn yawns
""")
_DIRECTION_FILLERS = _words("""
    a and at both client for head her his in loudly of quietly s sec second seconds secs the
    their therapist to with
""")
_INAUDIBLE = re.compile(
    r"\W*(?:\?+|(?:in|un)?(?:audible|intelligible|clear|discernible|distinct)\b.*|unin\b.*|"
    r"(?:cross\s?talk|over\s?lap|overtalking|muffled|garbled|missing|no audio|cut out)\w*\b.*|"
    r"inaudible\w*.*)\W*",
    re.IGNORECASE | re.DOTALL,
)
_CAPITALS = re.compile(
    r"[A-Z][A-Z0-9 _'/.-]*\d*|(?i:redacted|removed|anonymi[sz]ed|deleted|name)\b.*"
)
_STAMP = re.compile(rf"[\[({{<]\s*{TIMESTAMP}(?:\s*(?:-->|[-\u2013])\s*{TIMESTAMP})?\s*[\])}}>]")
_TAGGED = re.compile(r"<(unsure|unclear|guess)>(.*?)</\1>", re.IGNORECASE | re.DOTALL)
_STYLE = re.compile(r"</?(?:b|i|u|s|em|strong|font|p|br|span)\b[^>]*>", re.IGNORECASE)
_BRACKETS = re.compile(r"\[([^\[\]]*)\]|\{([^{}]*)\}|<\s*/?\s*([A-Za-z][^<>]*?)\s*/?\s*>")
_ROUND = re.compile(r"\(([^()]*)\)")
_STARS = re.compile(r"(?<![*\w])\*{1,2}([^*\n]+)\*{1,2}(?![*\w])")
_BLANKED = re.compile(r"[\u2588\u2593\u25a0]+|_{3,}|\b[Xx]{3,}\b|(?<![*\w])\*{3,}(?![*\w])")


def without_marks(text: str) -> tuple[str, Counter[str]]:
    """(text, number of marks by kind): marks removed, `UNKNOWN` where they hide words.

    Line breaks stay. Timestamps are removed and not counted.
    """
    counts: Counter[str] = Counter()

    def mark(kind: str) -> str:
        counts[kind] += 1
        return " " if kind == "direction" else f" {UNKNOWN} "

    def if_mark(match: re.Match[str], kinds: tuple[str, ...], else_: str) -> str:
        kind = _kind(match[1])
        return mark(kind) if kind in kinds else else_

    text = _STYLE.sub("", _STAMP.sub(" ", text.replace(UNKNOWN, " ")))
    text = _BLANKED.sub(lambda _: mark("redaction"), text)
    text = _TAGGED.sub(lambda _: mark("unsure"), text)
    text = _BRACKETS.sub(lambda match: mark(_kind(match[match.lastindex or 0])), text)
    # Any other text in round brackets is a spoken aside, between stars emphasis.
    text = _ROUND.sub(lambda m: if_mark(m, ("direction", "inaudible", "unsure"), m[0]), text)
    return _STARS.sub(lambda m: if_mark(m, ("direction",), m[1]), text), counts


def _kind(inner: str) -> str:
    """The kind of a mark by the text inside it; `unknown_mark` if none fits."""
    inner = inner.strip()
    if UNKNOWN in inner:
        return "redaction"
    if not inner or _INAUDIBLE.fullmatch(inner.replace("_", " ").rstrip("/ ")):
        return "inaudible"
    words = re.findall(r"[a-z]+", inner.lower())
    if any(word in _DIRECTIONS for word in words) and all(
        word in _DIRECTIONS | _DIRECTION_FILLERS for word in words
    ):
        return "direction"
    if inner.endswith("?"):
        return "unsure"
    if _CAPITALS.fullmatch(inner):
        return "redaction"
    return "unknown_mark"
