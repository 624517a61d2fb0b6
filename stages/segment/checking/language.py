"""Reject a recording in another language than `build_dataset.language`."""

from __future__ import annotations

from stages.common.audio.samples import Samples
from stages.common.core.rejections import RecordingRejected
from stages.segment.alignment.cached_aligner import CachedAligner

_MOST_OF_EXPECTED, _LEAST_OF_OTHER = 0.08, 0.5
"""A recording is in another language if the mean probability of the expected one is at most the
first and that of the other at least the second. The lowest for English among 100 English clips with
99 accents was 0.09 (Whisper base)."""

_CLOSE = (
    {"bs", "hr", "sr", "sl"}, {"cs", "sk"}, {"hi", "ur", "pa"}, {"no", "nn", "da", "sv"},
    {"id", "ms", "jw", "su"}, {"zh", "yue"}, {"af", "nl"}, {"es", "gl", "pt", "ca"},
    {"ru", "uk", "be"},
)  # fmt: skip
"""Languages that Whisper mistakes for each other: their probabilities are added."""


def check_language(recording: str, samples: Samples, aligner: CachedAligner) -> None:
    """Check the language; an English-only aligner cannot tell, and everything passes.

    Raises: RecordingRejected(language_other).
    """
    shares = aligner.language_probabilities(recording, samples)
    if not shares:
        return
    close = next((group for group in _CLOSE if aligner.language in group), {aligner.language})
    expected = sum(shares.get(language, 0.0) for language in close)
    other = max(shares, key=lambda language: shares[language])
    if expected <= _MOST_OF_EXPECTED and shares[other] >= _LEAST_OF_OTHER:
        raise RecordingRejected("language_other", f"{other}, probability {shares[other]:.2f}")
