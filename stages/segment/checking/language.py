"""Reject a recording in another language than `build_dataset.language`."""

from __future__ import annotations

from stages.common.audio.samples import Samples
from stages.common.core.rejections import RecordingRejected
from stages.segment.alignment.cached_aligner import CachedAligner

_MOST_OF_EXPECTED, _LEAST_OF_OTHER = 0.08, 0.5
"""A recording is in another language if the mean probability of the expected one is at most the
first and that of the other at least the second. The lowest for English among 100 English clips with
99 accents was 0.09 (Whisper base)."""


def check_language(recording: str, samples: Samples, aligner: CachedAligner) -> None:
    """Check the language; an English-only aligner cannot tell, and everything passes.

    Raises: RecordingRejected(language_other).
    """
    shares = aligner.language_probabilities(recording, samples)
    if not shares:
        return
    other = max(shares, key=lambda language: shares[language])
    expected = shares.get(aligner.language, 0.0)
    if expected <= _MOST_OF_EXPECTED and shares[other] >= _LEAST_OF_OTHER:
        raise RecordingRejected("language_other", f"{other}, probability {shares[other]:.2f}")
