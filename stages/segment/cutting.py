"""Segments from cues: sorted, checked, joined where short, padded into silence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from stages.common.audio.voice_activity import SpeechInterval, covered_seconds
from stages.common.core.params import Segment as Settings
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.marks import UNKNOWN

_MAX_PAST_END = 0.5
"""Seconds that a cue may reach past the recording's end: transcripts round, and encoders trim."""
_OVERLAP_SECONDS, _OVERLAP_SHARE = 0.5, 0.2
"""A cue that others overlap by more than both of these, the second of its length, is rejected."""
_MAX_JOIN_GAP = 1.0
"""Seconds between two cues that may be joined."""

Candidate = tuple[Cue, bool]
"""A cue, and whether it may become a segment. Others still are speech: no segment crosses them."""


@dataclass(frozen=True)
class PlannedSegment:
    """A segment to cut. All times are in seconds, rounded to milliseconds."""

    start: float
    end: float
    cue: Cue
    """Text, speaker and scores; its times are those of the speech, within the segment."""


@dataclass(frozen=True)
class SegmentPlan:
    segments: list[PlannedSegment]
    """By start."""
    rejected: list[tuple[Cue, str]] = field(default_factory=list)
    """Each rejected cue with its reason, a key of `rejections.CUE`."""
    reordered: bool = False
    """The cues were not in order of time."""


def plan_segments(
    cues: Sequence[Cue], seconds: float, settings: Settings, unmatched: Sequence[Cue] = ()
) -> SegmentPlan:
    """The segments to cut from a recording, from the cues of its transcript.

    Args:
        cues: in the transcript's order.
        seconds: the recording's length, in whole milliseconds.
        unmatched: text without speech, with start = end where it belongs. All of it is rejected,
            and no cues are joined across it.
    """
    rejected: list[tuple[Cue, str]] = []
    valid: list[Cue] = []
    for cue in cues:
        reason = _fault(cue, seconds)
        if reason:
            rejected.append((cue, reason))
        else:
            valid.append(replace(cue, end=min(cue.end, seconds)))
    order = sorted([*valid, *unmatched], key=lambda c: (c.start, c.end, c.speaker, c.text))
    reordered = any(a.start > b.start for a, b in pairwise(valid))
    candidates: list[Candidate] = []
    for cue, overlap in zip(order, _overlaps(order), strict=True):
        reason = _unusable(cue, overlap, settings)
        if reason:
            rejected.append((cue, reason))
        candidates.append((cue, not reason))
    segments = _pad(_join_short(candidates, settings), seconds, settings)
    return SegmentPlan(segments, rejected, reordered)


def plan_clip(
    cue: Cue, speech: Sequence[SpeechInterval], seconds: float, settings: Settings
) -> SegmentPlan:
    """One segment for a clip, from the cue with its whole transcript.

    speech: the recording's intervals, in order.
    """
    reason = _unusable(cue, 0.0, settings)
    if reason:
        return SegmentPlan([], [(cue, reason)])
    if speech:
        cue = replace(cue, start=speech[0][0], end=speech[-1][1])
    return SegmentPlan([PlannedSegment(0.0, seconds, cue)])


def _fault(cue: Cue, seconds: float) -> str:
    """Reason to reject the cue for its own text or times, or ""."""
    if not cue.text:
        return "cue_empty"
    if not (math.isfinite(cue.start) and math.isfinite(cue.end)) or cue.start < 0:
        return "times_unreadable"
    if round(cue.end, 3) <= round(cue.start, 3):
        return "times_out_of_order"
    if round(cue.start, 3) >= seconds or cue.end > seconds + _MAX_PAST_END:
        return "times_past_end"
    return ""


def _unusable(cue: Cue, overlap: float, settings: Settings) -> str:
    """Reason not to train on a cue without fault, or "".

    overlap: seconds of the cue that other cues cover.
    """
    length = cue.end - cue.start
    if length == 0:
        return "not_found"
    if UNKNOWN in cue.text:
        return "cue_redacted"
    if cue.score is not None and cue.score < settings.min_score:
        return "score_low"
    if length > settings.max_seconds:
        return "cue_too_long"
    if overlap > _OVERLAP_SECONDS and overlap > _OVERLAP_SHARE * length:
        return "overlapping_speech"
    return ""


def _overlaps(order: Sequence[Cue]) -> list[float]:
    """Seconds of each cue that other cues cover; `order` is sorted by start."""
    shared: list[list[SpeechInterval]] = [[] for _ in order]
    for left, cue in enumerate(order):
        for right in range(left + 1, len(order)):
            other = order[right]
            if other.start >= cue.end:
                break
            overlap = (other.start, min(cue.end, other.end))
            shared[left].append(overlap)
            shared[right].append(overlap)
    return [covered_seconds(intervals) for intervals in shared]


def _join_short(order: list[Candidate], settings: Settings) -> list[Candidate]:
    """Join short usable cues with the nearer neighbour of the same speaker, if close enough."""
    joined: list[Candidate] = []
    for at, (cue, usable) in enumerate(order):
        if usable and cue.end - cue.start < settings.min_seconds:
            before = _gap(joined[-1], (cue, usable), settings) if joined else math.inf
            after = math.inf
            if at + 1 < len(order):
                after = _gap((cue, usable), order[at + 1], settings)
            if before <= after and before < math.inf:
                joined[-1] = (_join(joined[-1][0], cue), True)
                continue
            if after < math.inf:
                order[at + 1] = (_join(cue, order[at + 1][0]), True)
                continue
        joined.append((cue, usable))
    return joined


def _gap(left: Candidate, right: Candidate, settings: Settings) -> float:
    """Seconds between two neighbours; infinite where they cannot be joined."""
    (a, a_usable), (b, b_usable) = left, right
    length = max(a.end, b.end) - a.start
    gap = max(0.0, b.start - a.end)
    fit = a_usable and b_usable and a.speaker == b.speaker
    return gap if fit and gap <= _MAX_JOIN_GAP and length <= settings.max_seconds else math.inf


def _join(a: Cue, b: Cue) -> Cue:
    def mean(of_a: float | None, of_b: float | None) -> float | None:
        """Weighted by seconds."""
        if of_a is None or of_b is None:
            return None
        seconds = a.end - a.start, b.end - b.start
        return (of_a * seconds[0] + of_b * seconds[1]) / sum(seconds)

    scores = mean(a.score, b.score), mean(a.confidence, b.confidence)
    return Cue(a.start, max(a.end, b.end), f"{a.text} {b.text}", a.speaker, *scores)


def _pad(joined: Sequence[Candidate], seconds: float, settings: Settings) -> list[PlannedSegment]:
    """Widen usable cues by up to `pad_seconds` per side, half of each gap, and `max_seconds`."""
    segments: list[PlannedSegment] = []
    reached = 0.0  # end of the speech so far; the first cue has the silence before it to itself
    for at, (cue, usable) in enumerate(joined):
        if usable:
            left = cue.start - reached if at == 0 else (cue.start - reached) / 2
            last = at + 1 == len(joined)
            right = seconds - cue.end if last else (joined[at + 1][0].start - cue.end) / 2
            most = min(settings.pad_seconds, (settings.max_seconds - (cue.end - cue.start)) / 2)
            start = round(cue.start - max(0.0, min(left, most)), 3)
            end = round(cue.end + max(0.0, min(right, most)), 3)
            speech = replace(cue, start=round(cue.start, 3), end=round(cue.end, 3))
            segments.append(PlannedSegment(start, end, speech))
        reached = max(reached, cue.end)
    return segments
