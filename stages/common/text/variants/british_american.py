"""British spellings in their American form, one word at a time.

The list is OpenAI's for the published WERs of Whisper, as the package `whisper-normalizer` has it.
It lacks "mum" and some words of therapy ("catastrophising", "judgemental"): a short list of our own
and a rule for "-ise" add them.
"""

from __future__ import annotations

import re

from whisper_normalizer.english import EnglishSpellingNormalizer

from stages.common.text.word_set import word_set

# Entries that change more than a spelling: a sound, a part of speech, a plural, the meaning.
_NOT_SPELLING = word_set(
    """
    mhm mmm tranquilly snowploughs groyne groynes philtre philtres gage gaged gages gaging
    """
)
_OWN_TEXT = """
mum mom, mums moms, mummy mommy, mummies mommies, snowploughs snowplows, kerb curb, kerbs curbs,
practised practiced, practising practicing, practises practices, judgements judgments,
judgemental judgmental, acknowledgement acknowledgment,
acknowledgements acknowledgments, enrolment enrollment, wilful willful, wilfully willfully,
skilful skillful, skilfully skillfully, aeroplane airplane, aeroplanes airplanes,
neighbourly neighborly, tranquilliser tranquilizer, tranquillisers tranquilizers,
oesophagus esophagus, haemorrhage hemorrhage, anaesthetic anesthetic, doughnut donut,
doughnuts donuts, encyclopaedia encyclopedia
"""
# Stems that take "-ize" in American spelling; most others keep "-ise" ("exercise", "sunrise").
_ISE = re.compile(
    r"([a-z]{2,}(?:al|el|il|ol|ul|og|ph|at|et|it|ot|er|or|ar|ur|an|en|on|in|iv|om|im|um|id|rd))"
    r"is(e|ed|es|er|ers|ing|ation|ations|ational)"
)
_KEEP = frozenset({"prom", "comprom", "treat"})


def _table() -> dict[str, str]:
    published = EnglishSpellingNormalizer().mapping.items()
    table = {word: to for word, to in published if word not in _NOT_SPELLING and word.isalpha()}
    return table | dict(pair.split() for pair in _OWN_TEXT.split(","))


TABLE = _table()


def american(word: str) -> str:
    """The American form of a lower-case word, or the word itself."""
    known = TABLE.get(word)
    if known is not None:
        return known
    if "is" in word:
        match = _ISE.fullmatch(word)
        if match is not None and match[1] not in _KEEP:
            return f"{match[1]}iz{match[2]}"
    return word
