"""Acronyms that are typed as a word ("ptsd"), spelled as the spoken style spells "PTSD".

Known ones, and short words without a vowel, which no English word is ("dsh", "bdnf"). The vowelless
sounds of speech ("hmm", "psst") are excepted. Acronyms that are also words ("us", "it", "who")
keep both forms.
"""

from __future__ import annotations

import re

from stages.common.text.acronyms import SOUNDS, SPELLED
from stages.common.text.word_set import word_set

_OWN = word_set(
    """
    ai aki apa api bp cd cds copd cv dj dm dv dvd dwp eap eeg eu gf gi hmrc hr ibs iep iud ivf np
    oap ot pc pm pt sle tbh tia uk url usa uti vr
    """
)
_NO_VOWEL = re.compile(r"[b-df-hj-np-tv-xz]{3,5}")
# Sounds, abbreviations of measures, and the beginnings of words that are broken off.
_NOT_SPELLED = word_set(
    """
    brr brrr chr grr grrr hmph hrs kgs lbs mgs mls nth pff pfft phr pssst psst sch scr shh shr spl
    spr str tbsp thr tsk tsks tsp wks yrs zzz zzzz
    """
)


def spelled(word: str) -> str | None:
    """The letters of an acronym, with the s of its plural; None for any other word."""
    if not 2 <= len(word) <= 7 or word in _NOT_SPELLED:
        return None
    if _is_acronym(word):
        return " ".join(word)
    if word[-1] == "s" and len(word) > 2 and _is_acronym(word[:-1]):
        return " ".join(word)
    return None


def _is_acronym(word: str) -> bool:
    if word in SPELLED or word in _OWN:
        return True
    return _NO_VOWEL.fullmatch(word) is not None and word not in SOUNDS
