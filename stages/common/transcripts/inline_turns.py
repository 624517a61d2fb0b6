"""Several turns on one line: `T: So how was it? C: It was long.`"""

from __future__ import annotations

import re
from collections.abc import Sequence

from stages.common.transcripts.label_choice import is_person
from stages.common.transcripts.labels import LabelCandidate, label_candidate

_INSIDE = re.compile(
    r"(?<=\s)(?P<words>(?:[^\W\d_][\w.'\u2019-]{0,30}[ ]){0,2}[*_]{0,3}[^\W\d_][\w.'\u2019-]{0,30})"
    r"[*_]{0,3}\s?[:\uff1a][*_]{0,3}(?=\s)"
)
"""Up to three words before a colon; the last of them may be a label."""
_ENDS = ".?!\u2026\"')]\u201d\u2019*-\u2013\u2014\ue000"
"""Characters after which a turn may end."""


def split_inline(
    found: LabelCandidate, names: frozenset[str], stops: bool
) -> list[tuple[str, str]]:
    """(name, words) of each turn on a line that begins with the label `found`.

    A label inside a line is a role, or a name of this text. It follows the end of a sentence; in a
    text without stops it may follow any word, if the speakers take turns. A line that
    continues a turn has the name "".

    Args:
        names: the text's labels.
        stops: see has_stops.
    """
    if not names or found.form not in ("colon", "tight", "stamped", "head"):
        return [(found.name, found.text)]
    open_brackets, counted = 0, 0
    turns = [(found.name, 0, 0)]
    for match in _INSIDE.finditer(found.text):
        at, name = _known(match, names)
        if not name:
            continue
        open_brackets += _opened(found.text[counted:at])
        before, counted = found.text[max(0, at - 200) : at].rstrip(" *_"), at
        if not before or name == turns[-1][0] or open_brackets > 0:  # "(well C: mm)"
            continue
        if before[-1] in _ENDS or not stops:
            turns.append((name, at, match.end()))
    ends = [start for _, start, _ in turns[1:]] + [len(found.text)]
    return [(name, found.text[at:end]) for (name, _, at), end in zip(turns, ends, strict=True)]


def _known(match: re.Match[str], names: frozenset[str]) -> tuple[int, str]:
    """(index, label) of the longest label that ends at the colon; (0, "") without one."""
    words = match["words"]
    for begin in (0, *(space.end() for space in re.finditer(" ", words))):
        name = words[begin:].strip("*_")
        if name in names or (is_person(name) and _like(name, names)):
            return match.start("words") + begin, name
    return 0, ""


def _like(name: str, names: frozenset[str]) -> bool:
    """Whether a role is abbreviated like the known ones: "C" beside "T", not beside "Therapist"."""
    return any(
        (len(name) <= 2) == (len(other) <= 2) and name.isupper() == other.isupper()
        for other in names
        if is_person(other)
    )


def _opened(text: str) -> int:
    """Number of brackets that open in `text`, less those that close."""
    return sum(map(text.count, "([")) - sum(map(text.count, ")]"))


def has_stops(lines: Sequence[str]) -> bool:
    """Whether the text has sentences: an end of one in every hundred words, labels aside."""
    words = " ".join(lines).split()
    stops = sum(word[-1] in ".?!" for word in words if label_candidate(word) is None)
    return stops >= max(1, len(words) / 100)
