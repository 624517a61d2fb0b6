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
"""Letters; a shorter text that is not in the hypothesis has no score: models miss backchannels."""
_GROUP = 16
"""Letters. Shorter cues are scored together with their neighbours: word times are not exact enough
to tell whether a single word was said in its time."""
_GROUP_GAP = 1.0
"""Longest pause in seconds between the cues of a group."""
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
    scored = list(cues)
    inside = [
        at
        for at, cue in enumerate(cues)
        if _is_inside(cue, blocks) and to_letters(cue.text, language)
    ]
    inside.sort(key=lambda at: (cues[at].start, cues[at].end))
    for group in _groups([(at, cues[at]) for at in inside], language):
        judged = _score([cues[at] for at in group], written, language)
        if judged:
            for at in group:
                scored[at] = replace(cues[at], score=judged[0], confidence=judged[1])
    return scored


class WrittenText:
    """The hypothesis of a recording, by time."""

    def __init__(self, hypotheses: Iterable[IntervalHypothesis]) -> None:
        self.parts = sorted(
            (part for hypothesis in hypotheses for part in hypothesis.parts), key=_middle
        )

    def span(self, start: float, end: float, before: float, after: float) -> tuple[int, int]:
        """[first, end) of `parts` within the times, widened by `before` and `after` seconds."""
        first = bisect_left(self.parts, start - before, key=_middle)
        return first, bisect_right(self.parts, end + after, key=_middle)

    def around(self, cue: Cue) -> range:
        """Indices in `parts` of what may belong to the cue, as word times are not exact."""
        return range(*self.span(cue.start, cue.end, _SLACK, _SLACK))

    def within(
        self, start: float, end: float, before: float = 0.0, after: float = 0.0
    ) -> list[DecodedText]:
        return self.parts[slice(*self.span(start, end, before, after))]


def _middle(part: DecodedText) -> float:
    return (part.start + part.end) / 2


def _is_inside(cue: Cue, blocks: Sequence[SpeechInterval]) -> bool:
    return any(start <= cue.start and cue.end <= end for start, end in blocks)


def _groups(cues: Sequence[tuple[int, Cue]], language: str) -> list[list[int]]:
    """Indices of cues that are scored together. cues: (index, cue), by time."""
    groups: list[list[int]] = []
    letters: list[int] = []
    reached = float("-inf")
    for at, cue in cues:
        length = len(to_letters(cue.text, language))
        near = bool(groups) and cue.start - reached <= _GROUP_GAP
        if near and letters[-1] < _GROUP:
            groups[-1].append(at)
            letters[-1] += length
        else:
            groups.append([at])
            letters.append(length)
        reached = max(reached, cue.end) if near else cue.end
    by_index = dict(cues)
    merged: list[list[int]] = []
    for group, length in zip(groups, letters, strict=True):
        end = max((by_index[at].end for at in merged[-1]), default=0.0) if merged else 0.0
        if merged and length < _GROUP and by_index[group[0]].start - end <= _GROUP_GAP:
            merged[-1] += group
        else:
            merged.append(group)
    return merged


def _score(cues: Sequence[Cue], written: WrittenText, language: str) -> tuple[float, float] | None:
    """(score, confidence) of neighbouring cues together; None without a reason to doubt.

    The edges are where the text agrees best: with or without the words just outside.
    """
    text = "".join(to_letters(cue.text, language) for cue in cues)
    start, end = cues[0].start, max(cue.end for cue in cues)
    if not written.within(start, end) and len(text) < _SHORT:
        return None
    best = (0.0, 0.0)
    for before in (0.0, _SLACK):
        for after in (0.0, _SLACK):
            parts = written.within(start, end, before, after)
            hypothesis = to_letters("".join(part.text for part in parts), language)
            if hypothesis:
                confidence = statistics.fmean(part.probability for part in parts)
                agreed = score(agreement(text, hypothesis), confidence, _USUAL_RATE)
                best = max(best, (agreed, confidence))
    return best
