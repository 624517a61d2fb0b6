"""Abbreviations, titles and symbols, expanded to their spoken form."""

import re

from stages.common.text.unicode_forms import lower_key

# No ordinary word is spelled like these, so they are expanded without a full stop too.
_NEVER_WORDS = {
    "dr": "doctor",
    "drs": "doctors",
    "mr": "mister",
    "mrs": "missus",
    "vs": "versus",
    "etc": "et cetera",
    "approx": "approximately",
    "appt": "appointment",
    "appts": "appointments",
}
# Written with a full stop, in any case.
_DOTTED = _NEVER_WORDS | {
    "ms": "ms",
    "dept": "department",
    "esp": "especially",
    "incl": "including",
    "avg": "average",
}
# The last rule to run: it sees words alone, so that a second pass changes nothing.
_SHORT_WORDS = _NEVER_WORDS | {"ok": "okay", "oks": "okays"}
# Written with a capital, with or without a full stop, before a name.
_TITLES = {
    "Dr": "doctor",
    "Drs": "doctors",
    "Mr": "mister",
    "Mrs": "missus",
    "Ms": "ms",
    "Prof": "professor",
    "Rev": "reverend",
    "Sgt": "sergeant",
    "St": "saint",
}
_AFTER_NAME = {"St": "street", "Rd": "road", "Ave": "avenue", "Jr": "junior", "Sr": "senior"}
_LATIN = (
    (re.compile(r"\be\.\s?g\b\.?", re.I), " for example "),
    (re.compile(r"\bi\.\s?e\b\.?", re.I), " that is "),
    (re.compile(r"\bo\.k\b\.?", re.I), " okay "),
    (re.compile(r"\bph\.\s?d\b\.?", re.I), " p h d "),
    (re.compile(r"\bw/o\b", re.I), " without "),
    (re.compile(r"\bb/c\b", re.I), " because "),
    (re.compile(r"(?<!\w)w/(?!\w)|(?<!\w)w/(?=\w{3})", re.I), " with "),
)


def _choice(words: dict[str, str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_WITH_STOP = re.compile(rf"\b({_choice(_DOTTED)})\.", re.I)
_TITLE = re.compile(rf"\b({_choice(_TITLES)})\b\.?(?=\s?[A-Z])")
# After a capitalized name; a word that opens a sentence does not count as one.
_NAME_SUFFIX = re.compile(
    rf"(?<=\w )\b(?<!At )(?<!In )(?<!To )(?<!On )(?<!The )({_choice(_AFTER_NAME)})\b(?:\.|(?!\w))"
)
_LONGEST_NAME = 60
"""Characters that are looked at before an abbreviation."""
_NAME_BEFORE = re.compile(r"[A-Z0-9][\w'-]* $")
_INITIALS = re.compile(r"\b(?:[A-Za-z]\.){2,}(?:([A-Za-z])\b(?!'))?|\b[A-Z]\.(?: [A-Z]\.)+")
_SHORT_WORD = re.compile(rf"\b({_choice(_SHORT_WORDS)})\b")

_WEB = (
    (re.compile(r"\bhttps?://", re.I), " "),
    (re.compile(r"\bwww\.", re.I), " w w w dot "),
    (re.compile(r"(?<=\w)\.(?=(?:com|org|net|co|uk|gov|edu|io|ac|nhs|info)\b)"), " dot "),
    # The local part of a mail address; the rule above handles the domain.
    (re.compile(r"(?<=\w)\.(?=[\w.-]+@)"), " dot "),
    (re.compile(r"@"), " at "),
)
_SYMBOLS = (
    (re.compile(r"&"), " and "),
    (re.compile(r"(?<=\w)\++|\++(?=\w)"), " plus "),
    (re.compile(r"#(?=\w)"), " hashtag "),
    (re.compile(r"(?<=[\w.]) = (?=\w)"), " equals "),
    (re.compile(r"(?<=\w)\s?\u00f7\s?(?=\w)"), " divided by "),
)


def _after_name(match: re.Match[str]) -> str:
    if (
        _NAME_BEFORE.search(match.string, max(0, match.start() - _LONGEST_NAME), match.start())
        is None
    ):
        return match[0]
    return f" {_AFTER_NAME[match[1]]} "


def abbreviations(text: str) -> str:
    """ "Dr. Hall", "St. Mary's", "High St.", "e.g.", "a.m.", "U.S."."""
    if "." in text or "/" in text:
        for pattern, words in _LATIN:
            text = pattern.sub(words, text)
    text = _NAME_SUFFIX.sub(_after_name, text)
    text = _TITLE.sub(lambda m: f" {_TITLES[m[1]]} ", text)
    if "." in text:
        text = _WITH_STOP.sub(lambda m: f" {_DOTTED[lower_key(m[1])]} ", text)
    return text


def initials(text: str) -> str:
    """Letters with full stops, spelled: "U.S." is "U S". Runs after the clock times."""
    return _INITIALS.sub(lambda m: f" {' '.join(re.findall('[A-Za-z]', m[0]))} ", text)


def web_addresses(text: str) -> str:
    """Mail and web addresses as they are read aloud."""
    for pattern, words in _WEB:
        text = pattern.sub(words, text)
    return text


def symbols(text: str) -> str:
    """ "&", "+", "#" and "=" next to words."""
    for pattern, words in _SYMBOLS:
        text = pattern.sub(words, text)
    return text


def short_words(text: str) -> str:
    """Abbreviations that are never words, in the finished lower-case text."""
    return _SHORT_WORD.sub(lambda m: _SHORT_WORDS[m[1]], text)
