"""Acronyms, spelled as letters ("c b t") or kept as words ("nasa"), and text all in capitals."""

import re

from stages.common.text.common_words import COMMON_WORDS
from stages.common.text.unicode_forms import lower_key

# Always spelled, even in a sentence all in capitals or, in lower case, before a number ("phq-9").
_SPELLED_TEXT = """
adhd asap asd bacp babcp bbc bdi bmi bpd cbt cia cmht cpn cpr cptsd dbt diy dsm ecg ect eeg ekg
emdr erp faq fbi fyi gad gcse gp hcpc hiv icd icu ifs iop ipt iq lcsw lgbt lgbtq lgbtqi lgbtqia
lmft lpc maoi mbct mbt mdt mmpi mmse mri nhs npd nspcc nyc ocd ocpd omg pcl phq php pmdd pms ptsd
snri ssri std sti suv tbi tca tms tv ukcp vip ymca
"""
SPELLED = frozenset(_SPELLED_TEXT.split())
# Written in capitals but pronounced as words.
_PRONOUNCED_TEXT = """
act aces aids awol camhs core covid fomo iapt laser lol mash moca nasa nato nice pin radar ram sad
samhsa scid sim suds tipp unicef wrap yolo
"""
_PRONOUNCED = frozenset(_PRONOUNCED_TEXT.split())
# Ordinary words that are acronyms after one of these ("the US", "in IT").
_ACRONYMS_AFTER = {
    "the": frozenset({"US", "WHO", "IT", "AM", "ER", "OR"}),
    "in": frozenset({"IT", "ER"}),
}
SOUNDS = frozenset({"mm", "mmm", "hm", "hmm", "sh", "shh", "pff", "pfft", "psst", "tsk", "brr"})
_MIXED = {
    "PhD": "p h d",
    "PhDs": "p h ds",
    "MSc": "m s c",
    "BSc": "b s c",
    "MPhil": "m phil",
    "PsyD": "psy d",
    "DClinPsy": "d clin psy",
    "McDonald": "mcdonald",
}
_ROMAN = {"II": "two", "III": "three", "IV": "four", "V": "five", "I": "one"}

_MIXED_FORM = re.compile(rf"\b({'|'.join(sorted(_MIXED, key=len, reverse=True))})(?:'?(s))?\b")
_ROMAN_PART = re.compile(
    r"((?:\b[A-Z]{2,5}-)|\b(?:[Bb]ipolar|[Tt]ype|[Pp]art|[Pp]hase|[Ss]tage|War|DSM|ICD) )"
    r"(III|II|IV|V)\b(?!')"
)
# "I" is mostly the pronoun ("the part I hate") or a letter ("CBT-I").
_ROMAN_ONE = re.compile(
    r"\b([Bb]ipolar|[Tt]ype|[Pp]art|[Pp]hase|[Ss]tage|War) I"
    r"(?= disorder\b| diabetes\b| trial\b| of\b| and\b| or\b|[.,;:?!]| ?$)"
)
_ROMAN_ALONE = re.compile(r"(?<![\w'.-])(III|II)(?![\w'.-])")
_TOKEN = re.compile(r"(?<![^\W_])(?<![^\W_]')([A-Z]{2,8})('?s|S')?(?![^\W_])(?!'[A-Za-z])")
_LEADING = re.compile(r"\b(the|in) $", re.I)
_LOWER_WITH_NUMBER = re.compile(r"(?<![\w'])([A-Za-z]{2,5})(-?)(?=\d)")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_THREE_CONSONANTS = re.compile(r"[^aeiouy]{3}|[aeiouy]{3}")
_VOWEL = re.compile(r"[aeiouy]")

# Share of words in capitals from which a text counts as all in capitals.
_CAPITALS_SHARE = 0.6


def _is_ordinary(word: str) -> bool:
    lower = word.lower()
    if lower in SPELLED:
        return False
    return lower in COMMON_WORDS or "'" in word or len(word) > 5


def _is_spelled(letters: str) -> bool:
    lower = letters.lower()
    if lower in SPELLED:
        return True
    if lower in _PRONOUNCED or lower in COMMON_WORDS or lower in SOUNDS or len(lower) > 5:
        return False
    if len(lower) <= 3 or _VOWEL.search(lower) is None:
        return True
    # Four or five pronounceable letters usually are pronounced ("camhs" and "iapt" are listed).
    return _THREE_CONSONANTS.search(lower) is not None


def unshout(text: str) -> str:
    """A text mostly in capitals in lower case, except for acronyms that are always spelled."""
    words = [word for word in _WORD.findall(text) if len(word) > 1]
    upper = [word for word in words if word.isupper()]
    ordinary = sum(_is_ordinary(word) for word in upper)
    # Two acronyms alone do not count: ordinary words must be in capitals too.
    if not upper or len(upper) < _CAPITALS_SHARE * len(words) or ordinary * 2 < len(upper):
        return text
    return _WORD.sub(lambda m: m[0] if m[0].lower() in SPELLED else m[0].lower(), text)


def _is_acronym_in_context(match: re.Match[str]) -> bool:
    leading = _LEADING.search(match.string, max(0, match.start() - 5), match.start())
    return leading is not None and match[1] in _ACRONYMS_AFTER[lower_key(leading[1])]


def _acronym(match: re.Match[str]) -> str:
    letters, ending = match[1], match[2] or ""
    if not _is_acronym_in_context(match) and not _is_spelled(letters):
        return match[0].lower()
    if f"{letters}{ending}".lower() in _PRONOUNCED:
        return match[0].lower()
    spelled = " ".join(letters.lower())
    # The plural "GPs" has an s of its own; the possessive keeps its apostrophe ("g p's").
    if ending == "s":
        return f" {spelled} s "
    return f" {spelled}{ending.lower()} "


def lower_with_number(text: str) -> str:
    """ "phq-9" and "phq9" in lower case: the number shows that it is the questionnaire."""
    return _LOWER_WITH_NUMBER.sub(
        lambda m: f"{m[1].upper()} " if m[1].lower() in SPELLED else f"{m[1]}{' ' if m[2] else ''}",
        text,
    )


def acronyms(text: str) -> str:
    """Spell the acronyms of a text and lower-case its other words in capitals."""
    text = _MIXED_FORM.sub(lambda m: f" {_MIXED[m[1]]}{' s' if m[2] else ''} ", text)
    text = _ROMAN_PART.sub(lambda m: f"{m[1].rstrip('-')} {_ROMAN[m[2]]} ", text)
    text = _ROMAN_ONE.sub(lambda m: f"{m[1]} {_ROMAN['I']} ", text)
    text = _ROMAN_ALONE.sub(lambda m: _ROMAN[m[1]], text)
    return _TOKEN.sub(_acronym, text)
