"""Decides whether a published shift of a transcript's times is added, subtracted or ignored."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from attune.corpora.recordings import NotImported
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.audio.voice_activity import SpeechInterval, speech_intervals
from stages.common.transcripts.cue import Cue

_THRESHOLD = 0.5
"""Speech probability, as in the profiles' segment.vad_threshold."""
_FRAMES_A_SECOND = 20
_MIN_FIT, _MIN_LEAD = 0.3, 0.1
"""The least fit of the chosen shift, and its least lead over the others."""

Mask = npt.NDArray[np.bool_]


def choose_shift(
    samples: Samples, cues: Sequence[Cue], speaker: str, published: float
) -> tuple[float, str]:
    """(seconds to add to the cues' times, remark), by the fit to detected speech.

    Args:
        samples: 16 kHz mono.
        speaker: whose speech is loud; others may be too faint to detect.
        published: seconds.

    Raises: NotImported if no shift is clearly the best.
    """
    speech = speech_intervals(samples, _THRESHOLD)
    seconds = len(samples) / SAMPLE_RATE
    fits = {shift: _fit(speech, seconds, cues, speaker, shift) for shift in _shifts(published)}
    best, second = sorted(fits, key=lambda shift: fits[shift], reverse=True)[:2]
    listed = ", ".join(f"{shift:+.2f} s {fit:.2f}" for shift, fit in fits.items())
    if fits[best] < _MIN_FIT or fits[best] - fits[second] < _MIN_LEAD:
        raise NotImported(
            f"its times do not clearly fit the audio, shifted or not ({listed}); listen to it and "
            "correct the transcript's times"
        )
    return best, f"its times are shifted by {best:+.2f} s, which fits the audio ({listed})"


def _shifts(published: float) -> tuple[float, ...]:
    return published, -published, 0.0


def _fit(
    speech: Sequence[SpeechInterval],
    seconds: float,
    cues: Sequence[Cue],
    speaker: str,
    shift: float,
) -> float:
    """Share of speech in the speaker's cues, minus that in the pauses between all cues: 1 if the
    times are right, 0 if they are unrelated to the audio."""
    edges = [edge + shift for cue in cues for edge in (cue.start, cue.end)]
    first, last = min([0.0, *edges]), max([seconds, *edges])
    said = _mask(speech, first, last)
    own = _shifted_mask(cues, speaker, shift, first, last)
    all_cues = _shifted_mask(cues, "", shift, first, last)
    between = _mask([(min(edges), max(edges))], first, last) & ~all_cues
    in_cues = float(said[own].mean()) if own.any() else 0.0
    return in_cues - (float(said[between].mean()) if between.any() else 0.0)


def _shifted_mask(
    cues: Sequence[Cue], speaker: str, shift: float, first: float, last: float
) -> Mask:
    spans = [(c.start + shift, c.end + shift) for c in cues if speaker in ("", c.speaker)]
    return _mask(spans, first, last)


def _mask(spans: Sequence[tuple[float, float]], first: float, last: float) -> Mask:
    """Frames from `first` to `last` seconds that the spans cover."""
    mask = np.zeros(int((last - first) * _FRAMES_A_SECOND) + 1, bool)
    for start, end in spans:
        mask[slice(*(round((edge - first) * _FRAMES_A_SECOND) for edge in (start, end)))] = True
    return mask
