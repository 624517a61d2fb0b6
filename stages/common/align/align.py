"""The whole way from a recording and its plain transcript to cues with times and scores."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from faster_whisper import WhisperModel

from stages.common.align.hearing import hear_stretches, open_aligner
from stages.common.align.matching import Matcher
from stages.common.align.pauses import utterances
from stages.common.align.placing import Placed, Utterance, place, standing
from stages.common.align.words import form, words_of
from stages.common.audio import Samples
from stages.common.params import Segment as Settings
from stages.common.reasons import Dropped
from stages.common.transcripts.cue import Cue

_MATCHING = 0.8
"""Standing (see `placing.standing`) from which a transcript counts as the recording's own."""
# One model a process, however many recordings it works on.
_model = lru_cache(maxsize=1)(open_aligner)


def align(samples: Samples, turns: Sequence[Cue], language: str, settings: Settings) -> Placed:
    """Give times to the words of a plain transcript.

    Args:
        samples: the recording, 16 kHz mono, shape (samples,).
        turns: the transcript in order; times are not looked at.

    Raises: Dropped(transcript_mismatch) if text and recording hardly agree.
    """
    return fit(hear(_model(Path(settings.aligner)), samples, language, settings), turns, settings)


def hear(
    model: WhisperModel, samples: Samples, language: str, settings: Settings
) -> list[Utterance]:
    """Find the stretches of speech in a recording and hear them."""
    stretches = utterances(samples, settings.vad_threshold)
    heard = hear_stretches(model, samples, stretches, language, settings.window_seconds)
    return [
        Utterance(start, end, form(text), confidence)
        for (start, end), (text, confidence) in zip(stretches, heard, strict=True)
    ]


def fit(heard: Sequence[Utterance], turns: Sequence[Cue], settings: Settings) -> Placed:
    """Give the transcript's words to what was heard. Raises: Dropped(transcript_mismatch)."""
    words = words_of(turns)
    forms = [utterance.form for utterance in heard]
    if not words.text or not any(forms):
        raise Dropped("transcript_mismatch")
    match = Matcher([u.end - u.start for u in heard], forms, words).match()
    # Cues are padded later, and must stay under the limit then.
    most = settings.max_seconds - 2 * settings.pad_seconds
    placed = place(heard, words, match, most)
    if standing(placed.pairs, words.text) < _MATCHING:
        raise Dropped("transcript_mismatch")
    return placed
