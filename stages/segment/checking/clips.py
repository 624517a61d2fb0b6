"""Check the transcript of a clip, a recording no longer than a segment, against the audio."""

from __future__ import annotations

from collections.abc import Sequence

from stages.common.transcripts.cue import Cue
from stages.common.transcripts.marks import UNKNOWN
from stages.common.transcripts.speakers import common_speaker
from stages.segment.alignment.transcribe import IntervalHypothesis
from stages.segment.checking.checked import CheckedCues
from stages.segment.checking.error_rate import clear_words
from stages.segment.checking.scores import score_cues


def clip_cue(turns: Sequence[Cue], seconds: float) -> Cue:
    """All of a clip's transcript as one cue of `seconds`."""
    text = " ".join(turn.text for turn in turns)
    return Cue(0.0, seconds, text, common_speaker(turn.speaker for turn in turns))


def check_clip(cue: Cue, hypotheses: Sequence[IntervalHypothesis], language: str) -> CheckedCues:
    """The cue of a clip with its score; one with unknown words has none."""
    if UNKNOWN in cue.text:
        return CheckedCues([cue])
    cues = score_cues([cue], hypotheses, [(cue.start, cue.end)], language)
    return CheckedCues(cues, clear=clear_words(cues, hypotheses, language))
