"""Alignment of a recording's hypotheses with its plain transcript: cues with times and scores."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from stages.common.core.params import Segment as Settings
from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.speakers import common_speaker
from stages.segment.alignment.matching import Match, Matcher
from stages.segment.alignment.transcribe import IntervalHypothesis
from stages.segment.alignment.transcript_words import SENTENCE, TranscriptWords, words_of

_MIN_MATCH_CONFIDENCE = 0.8
"""`match_confidence` from which a transcript counts as the recording's own."""
_SAFE_MARGIN = 2.0
"""Letters by which a cut must be better than the next best position."""
_MIN_WORDS_PER_SECOND, _MAX_WORDS_PER_SECOND = 0.5, 6.0
"""Range of usual speaking rates."""
_MIN_CONFIDENCE = 0.01
_PASSAGES = 40
"""Passages of the transcript that a cue's text competes with, spread evenly."""


@dataclass(frozen=True)
class BuiltCues:
    cues: list[Cue]
    """By start, with scores; start and end are those of the speech."""
    unmatched: list[Cue]
    """Transcript text without an interval; start = end, between the intervals around it."""
    pairs: list[tuple[str, str]]
    """(text, hypothesis) of each cue, both as letters."""


def align(
    intervals: Sequence[IntervalHypothesis],
    turns: Sequence[Cue],
    settings: Settings,
    language: str,
) -> BuiltCues:
    """Give times to the words of a plain transcript.

    turns: the transcript in order; times are ignored.

    Raises: RecordingRejected(transcript_mismatch) if text and recording hardly agree.
    """
    words = words_of(turns, language)
    hypotheses = [interval.letters(language) for interval in intervals]
    if not words.text or not any(hypotheses):
        raise RecordingRejected("transcript_mismatch")
    match = Matcher([i.end - i.start for i in intervals], hypotheses, words).match()
    # Cues are padded later, and must stay under the limit then.
    max_seconds = settings.max_seconds - 2 * settings.pad_seconds
    built = build_cues(intervals, words, match, max_seconds)
    check_match(built.pairs, words.text)
    return built


def build_cues(
    intervals: Sequence[IntervalHypothesis],
    words: TranscriptWords,
    match: Match,
    max_seconds: float,
) -> BuiltCues:
    """Cues of whole sentences where the pauses allow it, none over `max_seconds` if avoidable."""
    parts: list[list[int]] = []
    """Neighbouring intervals with consecutive words, cut where a sentence safely ends."""
    skipped: list[tuple[int, int, float]] = []
    reached = 0
    for number, (first, end) in enumerate(match.spans):
        if first > reached:
            before = intervals[number - 1].end if number else 0.0
            skipped.append((reached, first, (before + intervals[number].start) / 2))
        if first < end:
            follows = bool(parts) and parts[-1][-1] == number - 1 and first == reached
            if not follows or (
                words.boundaries[first - 1] == SENTENCE
                and match.margins[number - 1] >= _SAFE_MARGIN
            ):
                parts.append([])
            parts[-1].append(number)
        reached = end
    if reached < len(words.written):
        skipped.append((reached, len(words.written), intervals[-1].end if intervals else 0.0))
    built = BuiltCues([], [_cue(words, first, end, at, at) for first, end, at in skipped], [])
    for part in parts:
        for piece in _shorten(part, intervals, match, max_seconds):
            _add_cue(built, piece, intervals, words, match)
    return built


def _add_cue(
    built: BuiltCues,
    piece: list[int],
    intervals: Sequence[IntervalHypothesis],
    words: TranscriptWords,
    match: Match,
) -> None:
    first, end = match.spans[piece[0]][0], match.spans[piece[-1]][1]
    spoken = [intervals[number] for number in piece]
    text = "".join(words.letters[first:end])
    hypothesis = "".join(interval.letters(words.language) for interval in spoken)
    confidence = statistics.fmean(interval.confidence for interval in spoken)
    words_per_second = (end - first) / max(spoken[-1].end - spoken[0].start, 1e-3)
    scored = score(agreement(text, hypothesis), confidence, words_per_second)
    cue = _cue(words, first, end, spoken[0].start, spoken[-1].end)
    built.cues.append(replace(cue, score=scored, confidence=confidence))
    built.pairs.append((text, hypothesis))


def _cue(words: TranscriptWords, first: int, last: int, start: float, end: float) -> Cue:
    text = " ".join(words.written[first:last])
    return Cue(start, end, text, common_speaker(words.speakers[first:last]))


def _shorten(
    part: list[int], intervals: Sequence[IntervalHypothesis], match: Match, max_seconds: float
) -> list[list[int]]:
    """Cut within a sentence, in the pause of the largest margin, while the part is too long."""
    seconds = intervals[part[-1]].end - intervals[part[0]].start
    safe = [number for number in part[:-1] if match.margins[number] >= _SAFE_MARGIN]
    if seconds <= max_seconds or not safe:
        return [part]
    at = part.index(max(safe, key=lambda number: match.margins[number])) + 1
    halves = (_shorten(half, intervals, match, max_seconds) for half in (part[:at], part[at:]))
    return [piece for pieces in halves for piece in pieces]


def agreement(text: str, hypothesis: str) -> float:
    """Normalized Levenshtein similarity of two strings of letters: 1 equal, 0 nothing alike."""
    return Levenshtein.normalized_similarity(text, hypothesis)


def score(agreed: float, confidence: float, words_per_second: float) -> float:
    """How reliable a segment's text is, 0 to 1.

    The agreement, increased for low model confidence, since a mismatch is then weaker evidence
    against the text, and lowered in proportion where the speaking rate is out of the usual range.
    docs/results.md compares it with the agreement alone.

    Args:
        agreed: see `agreement`.
        confidence: mean probability of the hypothesis, 0 to 1.
        words_per_second: words of the text by seconds of the speech.
    """
    slow = words_per_second / _MIN_WORDS_PER_SECOND
    fast = _MAX_WORDS_PER_SECOND / max(words_per_second, 1e-9)
    rate_factor = min(1.0, slow, fast)
    return min(1.0, agreed / math.sqrt(max(confidence, _MIN_CONFIDENCE))) * rate_factor


def check_match(pairs: Sequence[tuple[str, str]], text: str) -> None:
    """Raises: RecordingRejected(transcript_mismatch) if `match_confidence` is too low."""
    if match_confidence(pairs, text) < _MIN_MATCH_CONFIDENCE:
        raise RecordingRejected("transcript_mismatch")


def match_confidence(pairs: Sequence[tuple[str, str]], text: str) -> float:
    """How often a cue's text agrees better with its hypothesis than other passages do, 0 to 1.

    Near 1 for the recording's own transcript, even with a poor model; about two thirds for that of
    another session, as the search picks what fits best by chance. Weighted by letters.

    Args:
        pairs: (text, hypothesis) of each cue, as letters.
        text: the letters of the whole transcript.
    """
    beaten, letters = 0.0, 0
    for own, hypothesis in pairs:
        own_agreement = agreement(own, hypothesis)
        room = max(1, len(text) - len(own))
        passages = [text[at : at + len(own)] for at in range(0, room, max(1, room // _PASSAGES))]
        others = [passage for passage in passages if passage != own]
        won = sum(own_agreement > agreement(other, hypothesis) for other in others)
        beaten += len(own) * won / max(1, len(others))
        letters += len(own)
    return beaten / max(1, letters)
