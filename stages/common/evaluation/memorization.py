"""Memorization: training text that a model writes on audio which does not hold it.

Private sentences must not come out of a model on other people's audio. The measure counts word
n-grams of the training text in hypotheses of clips without speech, and of test clips cut in half.
Everyday talk stands in training text too ("i don't know what to"), so the base model, which never
saw it, is counted the same way. Only counts come out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stages.common.text.normalizer import scoring_form

WORDS = 5
"""Words of an n-gram. Contaminated test sets are detected by longer ones (8 words in PaLM's report,
13 in GPT-3's), but clips are short: the demo's have 8 words on average, half of one has 4, and
n-grams of 8 would miss most of what leaks there. Shorter n-grams are too common."""


@dataclass(frozen=True)
class TrainingNgrams:
    """All word n-grams of the training text, as hashes.

    In memory 8 bytes each, some 70 MB for a thousand hours; never written: with the hash of a few
    words the words can be guessed.
    """

    words: int
    hashes: npt.NDArray[np.uint64]
    """Sorted, each once; shape (n-grams,)."""

    def holds(self, hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
        """For each hash whether it is one of these; shape as `hashes`."""
        at = np.searchsorted(self.hashes, hashes)
        held: npt.NDArray[np.bool_] = np.zeros(len(hashes), bool)
        within = at < len(self.hashes)
        held[within] = self.hashes[at[within]] == hashes[within]
        return held


@dataclass(frozen=True)
class Memorized:
    """Counts of one hypothesis, or summed over several."""

    clips: int = 0
    clips_with: int = 0
    """Clips with a training n-gram that their reference does not hold."""
    runs: int = 0
    """N-grams of the hypotheses; they overlap."""
    trained: int = 0
    """N-grams that are in the training text and not in the clip's own reference."""
    longest: int = 0
    """Words of the longest passage that consists of such n-grams."""

    def __add__(self, other: Memorized) -> Memorized:
        return Memorized(
            self.clips + other.clips,
            self.clips_with + other.clips_with,
            self.runs + other.runs,
            self.trained + other.trained,
            max(self.longest, other.longest),
        )

    @property
    def share(self) -> float | None:
        """Memorized share of all n-grams; None without any."""
        return self.trained / self.runs if self.runs else None


def training_ngrams(texts: Iterable[str], words: int = WORDS) -> TrainingNgrams:
    """The n-grams of the training split's texts; none spans two texts."""
    hashes = (run for text in texts for run in _ngrams(scoring_form(text).split(), words))
    return TrainingNgrams(words, np.unique(np.fromiter(hashes, np.uint64)))


def memorized(ngrams: TrainingNgrams, hypothesis: str, reference: str = "") -> Memorized:
    """Count the training n-grams in one hypothesis.

    Args:
        reference: the whole clip's, cut or not: its n-grams are no memory. "" without speech. An
            n-gram that begins in words before the cut and goes on with others is not in it, and
            counts.
    """
    hashes = _hashes(hypothesis, ngrams.words)
    leaked = ngrams.holds(hashes) & ~np.isin(hashes, _hashes(reference, ngrams.words))
    run = longest = 0
    for one in leaked:
        run = run + 1 if one else 0
        longest = max(longest, run)
    return Memorized(
        clips=1,
        clips_with=int(longest > 0),
        runs=len(hashes),
        trained=int(leaked.sum()),
        longest=longest + ngrams.words - 1 if longest else 0,
    )


def _hashes(text: str, words: int) -> npt.NDArray[np.uint64]:
    return np.fromiter(_ngrams(scoring_form(text).split(), words), np.uint64)


def _ngrams(words: Sequence[str], size: int) -> Iterator[int]:
    """Each n-gram as 64 bits: among ten million others, one in 10^12 collides."""
    for at in range(len(words) - size + 1):
        text = " ".join(words[at : at + size]).encode("utf-8")
        yield int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")
