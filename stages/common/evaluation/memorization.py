"""Memorization: training text in hypotheses for audio that does not contain it.

Private sentences must not come out of a model on other people's audio. The measure counts word
n-grams of the training text in hypotheses of clips without speech, and of clips cut in half.
Training text also holds everyday phrases ("i don't know what to"), so the base model, which never
saw it, is scored the same way. Only counts come out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from stages.common.core.files import Row
from stages.common.text.normalizer import scoring_form

Hashes = npt.NDArray[np.uint64]
"""N-grams as 64 bits each, shape (n-grams,): among ten million others, one in 10^12 collides."""
WORDS = 5
"""Words of an n-gram. Contaminated test sets are detected by longer ones (8 words in PaLM's report,
13 in GPT-3's), but clips are short: the demo's have 8 words on average, half of one has 4, and
n-grams of 8 would miss most of what leaks there. Shorter n-grams are too common."""


def training_ngrams(texts: Iterable[str], language: str) -> Hashes:
    """The n-grams of the training split's texts, each once; none spans two texts.

    In memory some 70 MB for a thousand hours; never written: with the hash of a few words the words
    can be guessed.
    """
    return np.unique(
        np.concatenate([_ngrams("", language), *(_ngrams(t, language) for t in texts)])
    )


def memorization_metrics(
    trained: Hashes, tuned: Sequence[Row], base: Sequence[Row], language: str
) -> dict[str, Any]:
    """Training n-grams that either model writes, and their share of all it writes; None without
    any. The base never saw the training text: the tuned excess over it is the measure.

    tuned, base: the rows of `run_hallucination_tests`, and of cut clips (`cut_rows`).
    """
    (by_tuned, of_tuned), (by_base, of_base) = (
        count_memorized(trained, rows, language) for rows in (tuned, base)
    )
    return {
        "memorized": by_tuned,
        "memorized_by_base": by_base,
        "memorized_share": by_tuned / of_tuned if of_tuned else None,
        "memorized_share_by_base": by_base / of_base if of_base else None,
    }


def count_memorized(trained: Hashes, rows: Iterable[Row], language: str) -> tuple[int, int]:
    """(memorized n-grams, all n-grams) of the rows' hypotheses; n-grams overlap.

    A memorized one is in the training text and not in the row's reference, which is the whole
    clip's, cut or not. An n-gram that begins in words before the cut and goes on with others is not
    in it, and counts.
    """
    total, unspoken = 0, [_ngrams("", language)]
    for row in rows:
        written = _ngrams(row["hypothesis"], language)
        total += len(written)
        unspoken.append(written[~np.isin(written, _ngrams(row["reference"], language))])
    return int(np.isin(np.concatenate(unspoken), trained).sum()), total


def _ngrams(text: str, language: str) -> Hashes:
    words = scoring_form(text, language).split()
    runs = (" ".join(words[at : at + WORDS]) for at in range(len(words) - WORDS + 1))
    digests = b"".join(hashlib.blake2b(run.encode(), digest_size=8).digest() for run in runs)
    return np.frombuffer(digests, np.uint64)
