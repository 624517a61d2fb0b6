"""Transcribers' marks beside the words, such as [laughs], [inaudible] or [NAME], by kind.

Directions (laughs, sighs, pauses) hide no words and are removed. So are fragments, words that the
speaker broke off, and overlaps: words of the other person inside a turn, `(C: mm)`. Inaudible,
redacted and unsure passages do hide words, and so may a mark of no known kind: each is replaced by
`UNKNOWN`, a word of its own, so that segments which contain it are dropped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from stages.common.transcripts.notation import plain_words
from stages.common.transcripts.speakers import is_role
from stages.common.transcripts.timestamps import TIMESTAMP

UNKNOWN = "\ue000"
"""A character of Unicode's private use area, which no transcript has."""

KINDS = (
    "direction", "fragment", "inaudible", "overlap", "redaction", "unknown_mark", "unsure",
)  # fmt: skip
REMOVED = ("direction", "fragment", "overlap")
"""Kinds that hide no word of the turn; they are removed."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DIRECTIONS = _words("""
    applause background
    bang barks beep blows breath breathes breathing chuckle chuckles chuckling clears click clicks
    cough coughing coughs cries cry crying door exhale exhales gasp gasps giggles giggling groans
    hesitates hum humming hums inhale inhales knock laugh laughing laughs laughter lip lips long
    mumbles music nod nodding nods noise nose pause paused pauses phone rings rustling short shrugs
    sigh sighing sighs silence silent smack smacks smile smiles smiling sniff sniffing sniffle
    sniffles sniffs snort snorts sob sobbing sobs softly swallows tear tearful tearing tears throat
    tongue tsk up weeping weeps whisper whispering whispers whistle whistles whistling yawn yawns
""")
_OTHER_DIRECTIONS = _words("""
    lacht lachen lachend lächelt weint weinend seufzt schluchzt räuspert hustet flüstert schweigt
    schweigen pause stille atmet nickt rires rire rit soupire soupir pleure pleurs sanglote tousse
    chuchote silence renifle risas risa ríe ríen llora llorando suspira suspiro pausa silencio tose
    susurra solloza lacht huilt zucht stilte zwijgt hoest fluistert snikt knikt schraapt
""")
"""The same in German, French, Spanish and Dutch."""
_DIRECTION_FILLERS = _words("""
    a and at both client deep deeply for head heavily heavy her his in loud loudly nervous nervously
    of quietly s sec second seconds secs slight slightly the their therapist to with
    auf aus beide ein eine el ella elle er est et fort het ich il in kurz kurze la lang lange
    largo laut le leise leve long longue los luid on se sekunden secondes segundos seconden sich
    sie tief un une und y zacht ze zij
""")
_INAUDIBLE = re.compile(
    r"(?=[^?]*+\?)\W++|\W*+(?:(?:in|un)?(?:audible|intelligible|clear|discernible|distinct)\b.*|unin\b.*|"
    r"unverst[\u00e4a]ndlich\w*.*|onverstaanbaar.*|inint?eli[gj]i\w*.*|incompr[\u00e9e]hensible.*|"
    r"(?:cross\s?talk|over\s?lap|overtalking|muffled|garbled|missing|no audio|cut out)\w*\b.*|"
    r"inaudible\w*.*)",
    re.IGNORECASE | re.DOTALL,
)
_CAPITALS = re.compile(
    r"[A-Z][A-Z0-9 _'/.-]*+|(?i:redacted|removed|anonymi[sz]ed|deleted|name)\b.*"
)
_TIME = rf"(?:{TIMESTAMP}(?:[:;]\d{{2}})?|\d{{1,6}}\.\d{{1,3}}s?)"
_STAMP = re.compile(
    rf"#{TIMESTAMP}(?:-\d{{1,2}})?#"  # f4transkript
    rf"|[\[({{<]\s*+(?:time\s*+(?:code|stamp)?\s*+[:=]?\s*+)?{TIMESTAMP}(?:[:;]\d{{2}})?"
    rf"(?:\s*+(?:-->|->|[-\u2013])\s*+{_TIME})?\s*+[\])}}>]",
    re.IGNORECASE,
)
_PAUSE = re.compile(
    r"[\s.,\u2026\u00b7]*|[<>~\u2248]?\s*\d+(?:[.,]\d+)?\s*"
    r"(?:s|secs?|seconds?|mins?|minutes?)?\.?",
    re.IGNORECASE,
)
"""Dots, or a number, alone or with its unit."""
_END = re.compile(
    r"(?:the\s+)?(?:end|start|beginning)\s+of\s+(?:the\s+)?"
    r"(?:recording|transcript|transcription|session|interview|audio|tape|file|meeting)\b.*",
    re.IGNORECASE,
)
_OTHER = re.compile(r"(?P<name>[^\W\d_][\w .'\u2019-]{0,39}?)\s?[:\uff1a](?=\s|\w)")
_COMMENT = re.compile(r"\(\(([^()]*)\)\)")
_OPEN = re.compile(r".*[\[\]{}].*|<[^\W\d_].*|.*[^\W\d_]>")
"""A word with an unmatched bracket."""
_TAGGED = re.compile(r"<(unsure|unclear|guess)>(.{0,500}?)</\1>", re.IGNORECASE | re.DOTALL)
_STYLE = re.compile(r"</?(?:b|i|u|s|em|strong|font|p|br|span)\b[^<>]*>", re.IGNORECASE)
_BRACKETS = re.compile(r"\[([^\[\]]*)\]|\{([^{}]*)\}|<\s*+/?\s*+([A-Za-z][^<>]*+)>")
_ROUND = re.compile(r"\(([^()]*)\)")
_STARS = re.compile(r"(?<![*\w])\*{1,2}([^*\n]+)\*{1,2}(?![*\w])")
_FULL_WIDTH = str.maketrans(
    "\uff08\uff09\uff3b\uff3d\u3010\u3011\uff5b\uff5d\u3008\u3009\uff1c\uff1e", "()[][]{}<><>"
)
_BLANKED = re.compile(
    r"[\u2588\u2593\u25a0]+|_{3,}|\b[Xx]{3,}\b|(?<![*\w])\*{3,}(?![*\w])"
    r"|\b(?i:(?:scrubbed|redacted|removed|anonymi[sz]ed|deleted)_\w+"
    r"|\w+_(?:redacted|removed|anonymi[sz]ed|deleted))\b"  # DAIC-WOZ's scrubbed_entry
)


def without_marks(
    text: str, speakers: Collection[str] = (), jefferson: bool = False
) -> tuple[str, Counter[str]]:
    """(text, number of marks by kind): marks removed, `UNKNOWN` where they hide words.

    Line breaks stay. Timestamps are removed and not counted.

    Args:
        speakers: names, in addition to the roles, whose words in brackets are an overlap.
        jefferson: see notation.py.
    """
    counts: Counter[str] = Counter()

    def mark(kind: str) -> str:
        counts[kind] += 1
        return " " if kind in REMOVED else f" {UNKNOWN} "

    def if_mark(match: re.Match[str], kinds: tuple[str, ...], else_: str) -> str:
        kind = _kind(match[1], speakers)
        return mark(kind) if kind in kinds else else_

    text = text.replace(UNKNOWN, " ").translate(_FULL_WIDTH)
    text = _STYLE.sub("", _STAMP.sub(" ", text))
    text = plain_words(text, mark, jefferson)
    text = _BLANKED.sub(lambda _: mark("redaction"), text)
    text = _TAGGED.sub(lambda _: mark("unsure"), text)
    text = _COMMENT.sub(lambda match: mark(_kind(match[1], speakers)), text)
    text = _BRACKETS.sub(lambda match: mark(_kind(_inner(match), speakers)), text)
    # Any other text in round brackets is a spoken aside, between stars emphasis.
    kinds = ("direction", "inaudible", "unsure", "overlap")
    text = _ROUND.sub(lambda m: if_mark(m, kinds, m[0]), text)
    text = _STARS.sub(lambda m: if_mark(m, ("direction",), m[1]), text)
    if re.search(r"[\[\]{}<>]", text):
        text = re.sub(
            r"\S+", lambda m: mark("unknown_mark") if _OPEN.fullmatch(m[0]) else m[0], text
        )
    return text, counts


def _inner(match: re.Match[str]) -> str:
    """The text inside the brackets; `<laughs />` may be closed like XML."""
    inner = match[match.lastindex or 0]
    return inner.rstrip().removesuffix("/") if match.lastindex == 3 else inner


def is_known_mark(inner: str) -> bool:
    """Whether brackets around `inner` are a mark of a known kind, as in "[laughs]", "[NAME]"."""
    return _kind(inner, ()) != "unknown_mark"


def _kind(inner: str, speakers: Collection[str]) -> str:
    """The kind of a mark by the text inside it; `unknown_mark` if none fits."""
    inner = inner.strip()
    if UNKNOWN in inner:
        return "redaction"
    if inner and (_PAUSE.fullmatch(inner) or _END.fullmatch(inner)):
        return "direction"
    if not inner or _INAUDIBLE.fullmatch(inner.replace("_", " ").rstrip("/ ")):
        return "inaudible"
    if (other := _OTHER.match(inner)) and (is_role(other["name"]) or other["name"] in speakers):
        return "overlap"
    words = re.findall(r"[^\W\d_]+", inner.lower())
    if any(word in _DIRECTIONS | _OTHER_DIRECTIONS for word in words) and all(
        word in _DIRECTIONS | _OTHER_DIRECTIONS | _DIRECTION_FILLERS or is_role(word)
        for word in words
    ):
        return "direction"
    if inner.endswith("?"):
        return "unsure"
    if _CAPITALS.fullmatch(inner):
        return "redaction"
    return "unknown_mark"
