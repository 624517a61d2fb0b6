"""Transcribers' marks beside the words, such as [laughs], [inaudible] or [NAME], by kind.

Directions (laughs, sighs, pauses) hide no words and are removed. Inaudible, redacted and unsure
passages do hide words, and so may a mark of no known kind: each is replaced by `UNKNOWN`, a word of
its own, so that segments which contain it are dropped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

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

    def hidden(kind: str) -> str:
        counts[kind] += 1
        return f" {UNKNOWN} "

    def unsure(_: re.Match[str]) -> str:
        return hidden("unsure")

    def bracketed(match: re.Match[str]) -> str:
        inner = next((part for part in match.groups() if part is not None), "").strip()
        kind = _kind(inner)
        if kind == "direction":
            counts[kind] += 1
            return " "
        return hidden(kind)

    def round_brackets(match: re.Match[str]) -> str:
        inner = match[1].strip()
        kind = _kind(inner)
        if kind == "direction":
            counts[kind] += 1
            return " "
        if kind in ("inaudible", "unsure"):
            return hidden(kind)
        return match[0]  # a spoken aside

    def starred(match: re.Match[str]) -> str:
        if _kind(match[1].strip()) == "direction":
            counts["direction"] += 1
            return " "
        return match[1]  # emphasis

    def blanked(_: re.Match[str]) -> str:
        return hidden("redaction")

    steps: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
        (_BLANKED, blanked),
        (_TAGGED, unsure),
        (_BRACKETS, bracketed),
        (_ROUND, round_brackets),
        (_STARS, starred),
    )
    text = _STYLE.sub("", _STAMP.sub(" ", text.replace(UNKNOWN, " ")))
    for pattern, replacement in steps:
        text = pattern.sub(replacement, text)
    return text, counts


def _kind(inner: str) -> str:
    """The kind of a mark by the text inside it; `unknown_mark` if none fits."""
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
