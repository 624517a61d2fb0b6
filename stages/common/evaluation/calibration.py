"""Whether a model knows when it is wrong: its confidence in each word against what is right.

faster-whisper gives each word the mean probability of its tokens. Of all words of some 90 %, nine
in ten should be right; then a reader may be sent to the doubtful ones alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
from faster_whisper.transcribe import Segment, Word

from stages.common.asr.windowed import split_hypothesis
from stages.common.core.files import Row
from stages.common.text.word_alignment import align

COLUMNS = ("confidence", "words", "correct")
_BINS = 10


class Bin(NamedTuple):
    """Words whose confidence is in one tenth of the range."""

    confidence: float
    """Their mean."""
    words: int
    correct: float
    """Share of them."""


def calibration(
    heard: Mapping[str, Sequence[Segment]], recordings: Mapping[str, Sequence[Row]]
) -> list[Bin]:
    """The tenths that hold words, from the least confident on.

    Args:
        heard: of each recording what the model put out, see `long_form.hear_recordings`.
        recordings: see `whole.read_recordings`.
    """
    judged = [
        word
        for name, segments in heard.items()
        for word in judge(segments, " ".join(row["text"] for row in recordings[name]))
    ]
    if not judged:
        return []
    confidence, right = np.array(judged).T
    tenth = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    return [
        Bin(float(confidence[inside].mean()), int(inside.sum()), float(right[inside].mean()))
        for number in range(_BINS)
        if (inside := tenth == number).any()
    ]


def calibration_error(bins: Iterable[Bin]) -> float | None:
    """The expected calibration error (Guo et al. 2017): how far confidence and share lie apart, in
    the mean over words. None where there is no word."""
    found = list(bins)
    total = sum(tenth.words for tenth in found)
    apart = sum(tenth.words * abs(tenth.confidence - tenth.correct) for tenth in found)
    return apart / total if total else None


def judge(segments: Iterable[Segment], reference: str) -> list[tuple[float, bool]]:
    """Confidence of each word that was heard, and whether it is right.

    A word is what the model wrote between two spaces. In the form in which texts are compared it
    may be several ("25" is "twenty five"), which are right together or not at all. Those that are
    none there, such as a dash, do not count.
    """
    spoken: list[list[Word]] = [list(segment.words or ()) for segment in segments]
    text = " ".join("".join(word.word for word in words).strip() for words in spoken)
    flat = [word for words in spoken for word in words]
    right = align(reference, text).right
    # By alignment, since the form of a word depends on its neighbours: "5 mg", "$5 million".
    shares = split_hypothesis([word.word for word in flat], text)
    places = pairwise(accumulate((len(share.split()) for share in shares), initial=0))
    return [
        (word.probability, all(right[start:end]))
        for word, (start, end) in zip(flat, places, strict=True)
        if end > start
    ]
