"""From what was heard and a plain transcript to cues with times and scores."""

from __future__ import annotations

from collections.abc import Sequence

from stages.common.core.params import Segment as Settings
from stages.common.core.reasons import RecordingRejected
from stages.common.transcripts.cue import Cue
from stages.segment.alignment.cue_building import BuiltCues, Utterance, match_confidence, place
from stages.segment.alignment.matching import Matcher
from stages.segment.alignment.transcript_words import words_of

_MATCHING = 0.8
"""Standing (see `placing.standing`) from which a transcript counts as the recording's own."""


def align(heard: Sequence[Utterance], turns: Sequence[Cue], settings: Settings) -> BuiltCues:
    """Give times to the words of a plain transcript.

    turns: the transcript in order; times are not looked at.

    Raises: RecordingRejected(transcript_mismatch) if text and recording hardly agree.
    """
    words = words_of(turns)
    forms = [utterance.form for utterance in heard]
    if not words.text or not any(forms):
        raise RecordingRejected("transcript_mismatch")
    match = Matcher([u.end - u.start for u in heard], forms, words).match()
    # Cues are padded later, and must stay under the limit then.
    most = settings.max_seconds - 2 * settings.pad_seconds
    placed = place(heard, words, match, most)
    if match_confidence(placed.pairs, words.text) < _MATCHING:
        raise RecordingRejected("transcript_mismatch")
    return placed
