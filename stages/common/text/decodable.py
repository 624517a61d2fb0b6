"""Text without what Whisper's decoding suppresses, for labels and the references of `wer_written`.

Decoding suppresses the tokens of annotations and speaker tags, as OpenAI's does (faster-whisper:
`Tokenizer.non_speech_tokens`): the marks below, runs of hyphens, and a hyphen or an apostrophe at
the start of a word. A model that learns them is trained on what it can never write; a reference
that has them counts errors that no model can avoid. The clock time "10:30" becomes "10.30", as
Whisper writes it, if that is read as a time, and otherwise "10 30".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from stages.common.text.languages.tables import TABLES
from stages.common.text.normalizer import normalize, scoring_form

# The sharp sign is the only musical one that `clean` keeps, as a symbol of mathematics.
_MARKS = re.escape('"#()*+/:;<=>@[\\]^_`{|}~\u300c\u300d\u300e\u300f\u266f')
SUPPRESSED = re.compile(rf"[{_MARKS}]|--|(?<![^ ])[-']")
"""Finds what decoding suppresses in a text with single spaces."""
_EDGES = re.compile(rf"^[{_MARKS}'-]+|(?<![{_MARKS}])[{_MARKS}]++(?=[.,?!]*$)")
_PAUSE = re.compile(r"[:;][^\w:;]*$")
_PAUSE_INSIDE = re.compile(r"-{2,}|;")
_TIME = re.compile(r"(?<=\d):(?=\d)")
_QUOTED = re.compile(r"(?<![^ ])'(\S.*?)'(?!\w)")
_STOPS = re.compile(r"(?<![.,?!])[.,?!]*+$")
_WORD = re.compile(r"\w")
_ENGLISH_SIGNS = ("over", "plus", "at", "number", "minus", "to", "equals", "out of", "per", "and")


def decodable(text: str, language: str = "en") -> str:
    """The text without what decoding suppresses, in the same scoring form.

    Each word that holds such a mark is rewritten: without it, with a comma where it marks a pause,
    or with the sign's name; if each of these changes the scoring form, in spoken style.

    Args:
        text: as `normalize` returns it.
    """
    if not SUPPRESSED.search(text):
        return text
    wanted = scoring_form(text, language)
    # Both quotation marks at once: the second alone looks like the apostrophe of "the dogs' tails".
    unquoted = _QUOTED.sub(r"\1", text)
    words = (unquoted if scoring_form(unquoted, language) == wanted else text).split()
    for index, word in enumerate(words):
        if not SUPPRESSED.search(word):
            continue
        for candidate in _candidates(word, language):
            trial = [*words[:index], candidate, *words[index + 1 :]]
            if scoring_form(_joined(trial), language) == wanted:
                words = trial
                break
        else:
            # The scoring form of the word depends on its neighbours.
            return normalize(text, "spoken", language)
    joined = _joined(words)
    # A pause at the end needs no comma.
    return joined if text.endswith(",") else joined.rstrip(",")


def _candidates(word: str, language: str) -> Iterator[str]:
    """Forms without suppressed marks, the best one first."""
    if not _WORD.search(word):
        # A dash or a bracket by itself. The comma belongs to the word before, see `_joined`.
        yield from (",", "") if re.search(r"[-:;]", word) else ("",)
        yield from _signs(language)
        return
    core = _EDGES.sub("", word)
    if _PAUSE.search(word):
        core = f"{core.rstrip('.,')},"
    core = _PAUSE_INSIDE.sub(", ", core)
    for time in (".", " "):
        plain = _TIME.sub(time, core)
        for other in (" ", "", *(f" {sign} " for sign in _signs(language))):
            yield _spaced(re.sub(f"[{_MARKS}]+", other, plain))
    for sign in _signs(language):
        yield _spaced(re.sub(rf"[{_MARKS}]+|^-", f" {sign} ", word))
    stops = _STOPS.search(core)
    yield f"{normalize(word, 'spoken', language)}{stops[0] if stops else ''}"


@cache
def _signs(language: str) -> Sequence[str]:
    """Names of signs."""
    if language == "en":
        return _ENGLISH_SIGNS
    table = TABLES.get(language)
    if table is None:
        return ()
    return (table.over, table.plus, table.minus, table.to, table.out_of, table.per)


def _spaced(text: str) -> str:
    """Single spaces, none before a stop, and no hyphen or apostrophe at the start of a word."""
    text = re.sub(r"(?<! ) ++(?=[.,?!])", "", text)
    return " ".join(re.sub(r"(?<![^ ])[-' ]+", " ", f" {text}").split())


def _joined(words: Sequence[str]) -> str:
    """The words as a text: a comma stands behind a word, once, and never first."""
    text = re.sub(r"(?<! ) ++,", ",", " ".join(filter(None, words)))
    return re.sub(r"(?<=[.,?!])(?<![.,?!],),++(?![^ ])", "", text).lstrip(", -'")
