"""Ways in which a team may type the same words, for `bench/spelling.py`.

They are independent of the scoring form's rules, which they test. A variation skips cases that only
a person could write out ("she's closed").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

Variation = Callable[[str], str]

_SUBJECT = r"\b(it|that|there|what|how|who|where|here|he|she)"
_HAS = (
    r"(?:(?:just|only|not|never|always|probably|actually|really|all|ever|already|definitely) )*"
    r"(?:been|got|had|become|come|made|happened|taken|told|said|given|affected|confirmed|lasted)\b"
    r"|(?:\w+ ){1,3}been\b(?! told)"
)
_IN_FULL = (
    (r"\b(I)'m\b", r"\1 am"),
    (r"\bcan't\b", "cannot"),
    (r"\bwon't\b", "will not"),
    (r"(\w+)n't\b", r"\1 not"),
    (r"\b(let)'s\b", r"\1 us"),
    (rf"{_SUBJECT}'s (?={_HAS})", r"\1 has "),
    (rf"{_SUBJECT}'s\b", r"\1 is"),
    (r"(\w+)'re\b", r"\1 are"),
    (r"(\w+)'ve\b", r"\1 have"),
    (r"(\w+)'ll\b", r"\1 will"),
    (r"\b(I|you|he|she|it|we|they)'d (?=better|been|had)", r"\1 had "),
    (r"\b(I|you|he|she|it|we|they)'d\b", r"\1 would"),
)
_CONTRACTED = (
    (r"\bI am\b", "I'm"),
    (r"\b(can) ?not\b", r"\1't"),
    (r"\bwill not\b", "won't"),
    (r"\b(do|does|did|is|are|was|were|have|has|had|would|could|should) not\b", r"\1n't"),
    (rf"{_SUBJECT} (?:is\b(?! not)|has(?= (?:{_HAS})))", r"\1's"),
    (r"\b(you|we|they) are\b(?! not)", r"\1're"),
    (r"\b(I|you|we|they) have (?=been|got|had|not|\w+ed\b)", r"\1've "),
    (r"\b(I|you|he|she|it|we|they) will\b(?! not)", r"\1'll"),
    (r"\b(I|you|he|she|it|we|they) would\b(?! not)", r"\1'd"),
    (r"\bgoing to(?= [a-z])", "gonna"),
    (r"\bwant to\b", "wanna"),
    (r"\bkind of\b", "kinda"),
    (r"\bbecause\b(?= (?:I|he|she|we|they|it)\b)", "'cause"),
)
_FILLERS = (
    (r"\bum\b", "erm"),
    (r"\buh\b(?!-)", "er"),
    (r"\bmm-hmm\b", "mhm"),
    (r"\bhmm\b", "hm"),
    (r"\bokay\b", "OK"),
    (r"\byeah\b", "yeh"),
    (r"\ball right\b", "alright"),
    (r"\bevery day\b", "everyday"),
)
_AMERICAN = {
    "mum": "mom", "behaviour": "behavior", "behaviours": "behaviors", "realise": "realize",
    "realised": "realized", "recognise": "recognize", "organise": "organize",
    "counselling": "counseling", "counsellor": "counselor", "colour": "color",
    "favourite": "favorite", "neighbour": "neighbor", "neighbours": "neighbors",
    "programme": "program", "grey": "gray", "centre": "center", "cancelled": "canceled",
    "travelling": "traveling", "apologise": "apologize", "practise": "practice",
    "practised": "practiced", "practising": "practicing", "catastrophising": "catastrophizing",
    "labelled": "labeled", "judgement": "judgment", "metres": "meters", "pyjamas": "pajamas",
    "behavioural": "behavioral", "honour": "honor", "labour": "labor", "theatre": "theater",
}  # fmt: skip
_ACRONYM = re.compile(r"\b[A-Z]{2,5}\b")


def rewritten(rules: tuple[tuple[str, str], ...]) -> Variation:
    """Apply the rules in order, in any case; a capital at the beginning stays one."""
    compiled = [(re.compile(pattern, re.I), to) for pattern, to in rules]

    def vary(text: str) -> str:
        for pattern, to in compiled:
            text = pattern.sub(partial(_expand, to), text)
        return text

    return vary


def _expand(to: str, match: re.Match[str]) -> str:
    after = match.expand(to)
    capital = match[0][0].isupper() and after[0].islower()
    return after[0].upper() + after[1:] if capital else after


def acronyms(to: Callable[[str], str]) -> Variation:
    return lambda text: _ACRONYM.sub(lambda m: to(m[0]), text)


def chain(*variations: Variation) -> Variation:
    def vary(text: str) -> str:
        for variation in variations:
            text = variation(text)
        return text

    return vary


IN_FULL, CONTRACTED, FILLERS = map(rewritten, (_IN_FULL, _CONTRACTED, _FILLERS))
AMERICAN = rewritten(tuple((rf"\b{word}\b", to) for word, to in _AMERICAN.items()))
VARIATIONS: dict[str, Variation] = {
    "lower case": str.lower,
    "lower case, no punctuation": lambda text: re.sub(r"[^\w' %-]", " ", text.lower()),
    "contractions in full": IN_FULL,
    "contracted": CONTRACTED,
    "fillers": FILLERS,
    "American": AMERICAN,
    "acronyms in lower case": acronyms(str.lower),
    "acronyms with stops": acronyms(lambda letters: ".".join(letters) + "."),
    "all but numbers": chain(IN_FULL, FILLERS, AMERICAN, str.lower),
}
EVERYTHING = chain(IN_FULL, FILLERS, AMERICAN, str.lower)
