"""Metrics of what scoring form leaves out: case and punctuation, against written transcripts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import jiwer

from stages.common.text.unicode_forms import clean

# A question differs from a statement in meaning, an exclamation only in emphasis.
_CLASSES = {
    ".": ".!\u3002\u0964\u0589",
    "?": "?\u061f\u037e",
    ",": ",\u3001\u060c",
}
_CLASS_OF = {mark: name for name, marks in _CLASSES.items() for mark in marks}
_NOT_BARE = re.compile(r"[^\w'-]|_")


class WrittenWord(NamedTuple):
    bare: str
    """In lower case, without punctuation."""
    mark: str
    """Class of the mark behind the word: "." (and "!"), "?" or ","; "" without one."""
    capital: bool
    """The first letter is a capital."""


def words_of(text: str) -> list[WrittenWord]:
    """The words between spaces; a mark by itself belongs to the word before."""
    words: list[WrittenWord] = []
    for token in text.split():
        bare = _NOT_BARE.sub("", token).lower().strip("'-")
        mark = _mark_behind(token)
        if bare:
            letters = (char for char in token if char.isalpha())
            words.append(WrittenWord(bare, mark, next(letters, "").isupper()))
        elif words and mark and not words[-1].mark:
            words[-1] = words[-1]._replace(mark=mark)
    return words


def _mark_behind(token: str) -> str:
    """The class of the first mark after the token's last letter or digit; "?" has precedence."""
    behind = ""
    for char in reversed(token):
        if char.isalnum():
            break
        name = _CLASS_OF.get(char, "")
        behind = behind if behind == "?" else name or behind
    return behind


def written_metrics(windows: Sequence[tuple[str, str]]) -> dict[str, float | None]:
    """Errors in case and punctuation, over all windows together.

    `wer_written` is the WER of the words between spaces, in which case and punctuation count.
    `punctuation_f1` is the F1 of stops, question marks and commas, `capitalization_f1` that of
    capitalized words, both on the alignment of the bare words: a true positive is a mark of the
    same class after the aligned word, or a capital at it; the word itself may be wrong.

    Args:
        windows: (reference, hypothesis) of each: the transcript as typed, "" if it has no case
            and punctuation, and the model's raw text.

    Returns: None for all three without such a transcript, and for an F1 without any label.
    """
    pairs = [(ref, clean(hypothesis)) for ref, hypothesis in windows if ref.strip()]
    if not pairs:
        return dict.fromkeys(("wer_written", "punctuation_f1", "capitalization_f1"))
    references, hypotheses = map(list, zip(*pairs, strict=True))
    words = jiwer.process_words(references, hypotheses)
    marks, capitals = _F1(), _F1()
    for reference, hypothesis in pairs:
        first, second = words_of(reference), words_of(hypothesis)
        aligned = _aligned(first, second)
        marks.count([word.mark for word in first], [word.mark for word in second], aligned)
        capitals.count(
            ["A" * word.capital for word in first], ["A" * word.capital for word in second], aligned
        )
    return {
        "wer_written": words.wer,
        "punctuation_f1": marks.value,
        "capitalization_f1": capitals.value,
    }


class _F1:
    """True positives and totals of the labels of aligned words; "" is no label."""

    def __init__(self) -> None:
        self.hits, self.all = 0, 0

    def count(
        self, first: Sequence[str], second: Sequence[str], aligned: Sequence[tuple[int, int]]
    ) -> None:
        self.hits += sum(bool(first[a]) and first[a] == second[b] for a, b in aligned)
        self.all += sum(map(bool, [*first, *second]))

    @property
    def value(self) -> float | None:
        return 2 * self.hits / self.all if self.all else None


def _aligned(first: Sequence[WrittenWord], second: Sequence[WrittenWord]) -> list[tuple[int, int]]:
    """Indices of the words that the alignment pairs, equal or not."""
    if not first or not second:
        return []
    texts = (" ".join(word.bare for word in words) for words in (first, second))
    (chunks,) = jiwer.process_words(*texts).alignments
    return [
        (chunk.ref_start_idx + number, chunk.hyp_start_idx + number)
        for chunk in chunks
        if chunk.type in ("equal", "substitute")
        for number in range(chunk.ref_end_idx - chunk.ref_start_idx)
    ]
