"""From cues to the stretches that are cut out: sorted, joined where short, padded into silence."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from stages.common.audio.voice_activity import total
from stages.common.core.params import Segment as Settings
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.marks import UNKNOWN

_PAST_END = 0.5
"""Seconds that a cue may reach past the end: transcripts round, and encoders trim."""
_OVERLAP_SECONDS, _OVERLAP_SHARE = 0.5, 0.2
_JOIN_GAP = 1.0


@dataclass(frozen=True)
class Piece:
    """What is cut out for a cue. All times are seconds, rounded to milliseconds."""

    start: float
    end: float
    cue: Cue
    """Its own times are those of the speech, within the piece."""


@dataclass(frozen=True)
class Cut:
    pieces: list[Piece]
    """By start."""
    rejected: list[tuple[Cue, str]] = field(default_factory=list)
    """Each cue that is of no use with its reason, a key of `reasons.CUE`."""
    reordered: bool = False

    @property
    def dropped(self) -> Counter[str]:
        """Cues by reason."""
        return Counter(reason for _, reason in self.rejected)


def cut(
    cues: Sequence[Cue], seconds: float, settings: Settings, unheard: Sequence[Cue] = ()
) -> Cut:
    """What to cut from a recording of `seconds`, by its transcript's `cues`.

    unheard: text that was heard nowhere, with start = end where it would stand; all of it is
        rejected, and nothing is joined across it.
    """
    rejected: list[tuple[Cue, str]] = []
    sound: list[Cue] = []
    for cue in cues:
        reason = _fault(cue, seconds)
        if reason:
            rejected.append((cue, reason))
        else:
            sound.append(replace(cue, end=min(cue.end, seconds)))
    order = sorted([*sound, *unheard], key=lambda cue: (cue.start, cue.end, cue.speaker, cue.text))
    reordered = any(a.start > b.start for a, b in pairwise(sound))
    # What is dropped from here on is still speech: nobody may be joined or padded across it.
    usable = []
    for cue, overlap in zip(order, _overlaps(order), strict=True):
        reason = _use(cue, overlap, settings)
        if reason:
            rejected.append((cue, reason))
        usable.append(not reason)
    joined = _joined(list(zip(order, usable, strict=True)), settings)
    return Cut(_padded(joined, seconds, settings), rejected, reordered)


def _use(cue: Cue, overlap: float, settings: Settings) -> str:
    """Why nothing can be trained on a sound cue, or ""."""
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


def _fault(cue: Cue, seconds: float) -> str:
    """Why the cue alone is of no use, or ""."""
    if not cue.text:
        return "cue_empty"
    if not (math.isfinite(cue.start) and math.isfinite(cue.end)) or cue.start < 0:
        return "times_unreadable"
    start = _milliseconds(cue.start)
    if _milliseconds(cue.end) <= start:
        return "times_out_of_order"
    if start >= seconds or cue.end > seconds + _PAST_END:
        return "times_past_end"
    return ""


def _overlaps(order: Sequence[Cue]) -> list[float]:
    """Seconds of each cue that other cues also cover; `order` is sorted by start."""
    shared: list[list[tuple[float, float]]] = [[] for _ in order]
    for here, cue in enumerate(order):
        for there in range(here + 1, len(order)):
            other = order[there]
            if other.start >= cue.end:
                break
            both = (other.start, min(cue.end, other.end))
            shared[here].append(both)
            shared[there].append(both)
    return [total(stretches) for stretches in shared]


def _joined(order: list[tuple[Cue, bool]], settings: Settings) -> list[tuple[Cue, bool]]:
    """Short usable cues joined with the nearer neighbour of the same speaker, if close enough."""
    done: list[tuple[Cue, bool]] = []
    for at, (cue, usable) in enumerate(order):
        if usable and cue.end - cue.start < settings.min_seconds:
            before = _gap(done[-1], (cue, usable), settings) if done else math.inf
            after = math.inf
            if at + 1 < len(order):
                after = _gap((cue, usable), order[at + 1], settings)
            if before <= after and before < math.inf:
                done[-1] = (_join(done[-1][0], cue), True)
                continue
            if after < math.inf:
                order[at + 1] = (_join(cue, order[at + 1][0]), True)
                continue
        done.append((cue, usable))
    return done


def _gap(left: tuple[Cue, bool], right: tuple[Cue, bool], settings: Settings) -> float:
    """Seconds between two neighbours; infinite where they cannot be joined."""
    (a, a_usable), (b, b_usable) = left, right
    length = max(a.end, b.end) - a.start
    gap = max(0.0, b.start - a.end)
    fit = a_usable and b_usable and a.speaker == b.speaker
    return gap if fit and gap <= _JOIN_GAP and length <= settings.max_seconds else math.inf


def _join(a: Cue, b: Cue) -> Cue:
    def mean(of_a: float | None, of_b: float | None) -> float | None:
        if of_a is None or of_b is None:
            return None
        seconds = a.end - a.start, b.end - b.start
        return (of_a * seconds[0] + of_b * seconds[1]) / sum(seconds)

    return Cue(
        start=a.start,
        end=max(a.end, b.end),
        text=f"{a.text} {b.text}",
        speaker=a.speaker,
        score=mean(a.score, b.score),
        confidence=mean(a.confidence, b.confidence),
    )


def _padded(joined: Sequence[tuple[Cue, bool]], seconds: float, settings: Settings) -> list[Piece]:
    """Usable cues, widened by up to `pad_seconds` a side, half of each gap, and `max_seconds`."""
    padded: list[Piece] = []
    reached = 0.0  # where the last one before ends; the first has the file's start to itself
    for at, (cue, usable) in enumerate(joined):
        if usable:
            left = cue.start - reached if at == 0 else (cue.start - reached) / 2
            last = at + 1 == len(joined)
            right = seconds - cue.end if last else (joined[at + 1][0].start - cue.end) / 2
            most = min(settings.pad_seconds, (settings.max_seconds - (cue.end - cue.start)) / 2)
            start = _milliseconds(cue.start - max(0.0, min(left, most)))
            end = _milliseconds(cue.end + max(0.0, min(right, most)))
            said = replace(cue, start=_milliseconds(cue.start), end=_milliseconds(cue.end))
            padded.append(Piece(start, end, said))
        reached = max(reached, cue.end)
    return padded


def _milliseconds(seconds: float) -> float:
    """Rounded; the length of a recording is itself a whole number of milliseconds."""
    return round(seconds, 3)
