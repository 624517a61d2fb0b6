"""Alignment of a recording's utterances with its plain transcript: cues with times and scores."""

from __future__ import annotations

from collections.abc import Sequence

from stages.common.core.params import Segment as Settings
from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue
from stages.segment.alignment.cue_building import BuiltCues, build_cues, match_confidence
from stages.segment.alignment.matching import Matcher
from stages.segment.alignment.transcript_words import words_of
from stages.segment.alignment.utterances import Utterance

_MIN_MATCH_CONFIDENCE = 0.8
"""`match_confidence` from which a transcript counts as the recording's own."""


def align(utterances: Sequence[Utterance], turns: Sequence[Cue], settings: Settings) -> BuiltCues:
    """Give times to the words of a plain transcript.

    turns: the transcript in order; times are ignored.

    Raises: RecordingRejected(transcript_mismatch) if text and recording hardly agree.
    """
    words = words_of(turns)
    hypotheses = [utterance.letters for utterance in utterances]
    if not words.text or not any(hypotheses):
        raise RecordingRejected("transcript_mismatch")
    match = Matcher([u.end - u.start for u in utterances], hypotheses, words).match()
    # Cues are padded later, and must stay under the limit then.
    max_seconds = settings.max_seconds - 2 * settings.pad_seconds
    built = build_cues(utterances, words, match, max_seconds)
    if match_confidence(built.pairs, words.text) < _MIN_MATCH_CONFIDENCE:
        raise RecordingRejected("transcript_mismatch")
    return built
