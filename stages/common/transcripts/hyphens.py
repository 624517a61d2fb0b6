"""Words hyphenated at a line end: "lo-" and "ng" are joined, "self-" and "harm" are not."""

from __future__ import annotations

import gzip
import json
import re
from importlib.resources import files

_BROKEN = re.compile(r"(?<![^\W\d_])(?P<first>[^\W\d_]+)-\n\s*(?P<second>[^\W\d_]+)")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pt")
"""Those of pyspellchecker's word lists whose languages use the Latin alphabet."""
_FUNCTION_WORDS = frozenset(
    """
    a an and as at be because but by did do for from had has have he how i if in is it my no not of
    on or she so that the then there they this to was we were what when who with yes you
    """.split()  # noqa: SIM905 - a list of these would fill a page
)
"""Function words end no compound: "go-" before one is a false start."""


def join_hyphenated(text: str) -> str:
    """Text in which words broken at a line end are on one line.

    The hyphen is removed if the joined form is a word of the text or of a word list, unless the
    text has the hyphenated form elsewhere. A capital after the hyphen begins a new word.
    """
    broken = {(m["first"] + m["second"]).lower() for m in _BROKEN.finditer(text)}
    if not broken:
        return text
    written = {word.lower() for word in _WORD.findall(_BROKEN.sub(" ", text))}
    words = (broken & written) | _in_lists(broken - written)

    def join(match: re.Match[str]) -> str:
        first, second = match["first"], match["second"]
        if not second[0].islower():
            return match[0]
        if f"{first}-{second}".lower() not in written and (first + second).lower() in words:
            return first + second
        return f"{first}-{' ' if second in _FUNCTION_WORDS else ''}{second}"

    return _BROKEN.sub(join, text)


def _in_lists(words: set[str]) -> set[str]:
    """Those of `words` that are in a list; the lists are too large to keep in memory."""
    known: set[str] = set()
    for language in _LANGUAGES:
        resource = files("spellchecker") / "resources" / f"{language}.json.gz"
        counts = gzip.decompress(resource.read_bytes()).decode()
        known |= {w for w in words - known if f"{json.dumps(w)}:" in counts or f'"{w}":' in counts}
    return known
