"""The score of each timed cue, from the hypothesis within its times."""

from __future__ import annotations

import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from stages.common.audio.voice_activity import SpeechInterval
from stages.common.transcripts.cue import Cue
from stages.segment.alignment.align import agreement, score
from stages.segment.alignment.transcribe import DecodedText, IntervalHypothesis
from stages.segment.alignment.transcript_words import to_letters

_SLACK = 0.25
"""Seconds by which a word may lie outside its cue."""
_SHORT = 8
"""Letters; a shorter cue that is not in the hypothesis has no score: models miss backchannels."""
_USUAL_RATE = 2.0
"""Words per second. A timed cue's own rate is unreliable: its times may include pauses."""


def score_cues(
    cues: Sequence[Cue],
    hypotheses: Sequence[IntervalHypothesis],
    blocks: Sequence[SpeechInterval],
    language: str,
) -> list[Cue]:
    """The cues in their order, with score and confidence if they lie within `blocks`.

    Args:
        hypotheses: of all speech in `blocks`, in order.
        blocks: (start, end) in seconds.
    """
    written = WrittenText(hypotheses)
    return [
        _scored(cue, written.within(cue), language)
        if _is_inside(cue, blocks) and to_letters(cue.text, language)
        else cue
        for cue in cues
    ]


class WrittenText:
    """The hypothesis of a recording, by time."""

    def __init__(self, hypotheses: Iterable[IntervalHypothesis]) -> None:
        self.parts = sorted(
            (part for hypothesis in hypotheses for part in hypothesis.parts), key=_middle
        )

    def span(self, cue: Cue) -> tuple[int, int]:
        """[first, end) of `parts` within the cue's times."""
        first = bisect_left(self.parts, cue.start - _SLACK, key=_middle)
        return first, bisect_right(self.parts, cue.end + _SLACK, key=_middle)

    def within(self, cue: Cue) -> list[DecodedText]:
        """The parts of the hypothesis within the cue's times."""
        return self.parts[slice(*self.span(cue))]


def _middle(part: DecodedText) -> float:
    return (part.start + part.end) / 2


def _is_inside(cue: Cue, blocks: Sequence[SpeechInterval]) -> bool:
    return any(start <= cue.start and cue.end <= end for start, end in blocks)


def _scored(cue: Cue, written: Sequence[DecodedText], language: str) -> Cue:
    text = to_letters(cue.text, language)
    hypothesis = to_letters("".join(part.text for part in written), language)
    if not hypothesis and len(text) < _SHORT:
        return cue
    confidence = statistics.fmean(part.probability for part in written) if written else 0.0
    agreed = score(agreement(text, hypothesis), confidence, _USUAL_RATE)
    return replace(cue, score=agreed if hypothesis else 0.0, confidence=confidence)
