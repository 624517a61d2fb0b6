"""The input of eSpeak NG for a sentence, so that it is pronounced correctly.

English is converted to spoken style ("50 mg": "fifty milligrams", "PTSD": "p t s d") phrase by
phrase, since punctuation guides the intonation. Words that eSpeak mispronounces, mostly medicines,
are given in phonemes. In other languages eSpeak reads the text as typed.
"""

from __future__ import annotations

import re

from stages.common.text.normalizer import normalize

_PHRASE_END = re.compile(r"(?<=\w)([,;:.?!]+)(?= |$)")
_PLURAL = re.compile(r"\b([A-Z]{2,})s\b")
_ABBREVIATED = re.compile(r"\b(Dr|Mrs|Mr|Ms|St|vs)\.")
_LETTER_A = re.compile(r"(?<= [b-z] )a\b|\ba(?= [b-hj-z]\b)")
"""In a spelled-out abbreviation; alone, eSpeak reads it as the article."""

_PHONEMES = {
    "acamprosate": "@k'ampr@seIt",
    "amitriptyline": "am@tr'Ipt@li:n",
    "aripiprazole": "ar@p'Ipr@zoUl",
    "benzodiazepine": "bEnzoUdaI'az@pi:n",
    "buprenorphine": "bju:pr@n'O:fi:n",
    "buspirone": "bj'u:spIroUn",
    "carbamazepine": "kA:b@m'az@pi:n",
    "celexa": "s@l'Eks@",
    "citalopram": "sIt'al@pram",
    "clomipramine": "kloUm'Ipr@mi:n",
    "clonazepam": "kloUn'az@pam",
    "clozapine": "kl'oUz@pi:n",
    "clozaril": "kl'oUz@rIl",
    "diazepam": "daI'az@pam",
    "disulfiram": "daIs'Vlf@ram",
    "duloxetine": "dju:l'0ks@ti:n",
    "escitalopram": "EsIt'al@pram",
    "fluoxetine": "flu:'0ks@ti:n",
    "gabapentin": "gab@p'EntIn",
    "haloperidol": "hal@p'Er@d0l",
    "lamotrigine": "l@m'oUtr@dZi:n",
    "lisdexamfetamine": "lIsdEksam'fEt@mi:n",
    "lorazepam": "l@r'az@pam",
    "melatonin": "mEl@t'oUnIn",
    "mirtazapine": "m3:t'az@pi:n",
    "nortriptyline": "nO:tr'Ipt@li:n",
    "olanzapine": "oUl'anz@pi:n",
    "paroxetine": "p@r'0ks@ti:n",
    "pregabalin": "prIg'ab@lIn",
    "promethazine": "proUm'ET@zi:n",
    "quetiapine": "kwIt'aI@pi:n",
    "risperidone": "rIsp'Er@doUn",
    "seroquel": "s'Er@kwEl",
    "sertraline": "s'3:tr@li:n",
    "temazepam": "t@m'az@pam",
    "trazodone": "tr'az@doUn",
    "valproate": "valpr'oUeIt",
    "venlafaxine": "vEnl@f'aksi:n",
    "zolpidem": "z'0lpIdEm",
    "zyprexa": "zaIpr'Eks@",
    "dissociation": "dIsoUsI'eIS@n",
    "outpatient": "'aUtpeIS@nt",
    "dysthymia": "dIsT'aImI@",
}
_KNOWN = re.compile(rf"\b({'|'.join(sorted(_PHONEMES))})\b")


def pronunciation(text: str, language: str) -> str:
    """`text` for `espeak.speak`."""
    if language != "en":
        return text
    text = _ABBREVIATED.sub(r"\1", _PLURAL.sub(r"\1's", text))
    *phrases, rest = _PHRASE_END.split(text)
    pairs = zip([*phrases[::2], rest], [*phrases[1::2], ""], strict=True)
    spoken = " ".join(f"{_english(phrase)}{mark}" for phrase, mark in pairs if phrase.strip())
    return spoken.strip()


def _english(phrase: str) -> str:
    words = normalize(phrase, "spoken", "en")
    words = _LETTER_A.sub("[['eI]]", words)
    return _KNOWN.sub(lambda word: f"[[{_PHONEMES[word[0]]}]]", words)
