"""Cues from matched intervals: where to cut, and how far text and hypothesis agree."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from stages.common.transcripts.cue import Cue
from stages.common.transcripts.speakers import common_speaker
from stages.segment.alignment.matching import Match
from stages.segment.alignment.transcript_words import SENTENCE, TranscriptWords
from stages.segment.alignment.utterances import Utterance

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


def build_cues(
    utterances: Sequence[Utterance], words: TranscriptWords, match: Match, max_seconds: float
) -> BuiltCues:
    """Cues of whole sentences where the pauses allow it, none over `max_seconds` if avoidable."""
    built = BuiltCues([], [], [])
    reached = 0
    group: list[int] = []
    for number, (first, end) in enumerate(match.spans):
        if group and (first != reached or first == end):
            _add_group(built, group, utterances, words, match, max_seconds)
            group = []
        if first > reached:
            before = utterances[number - 1].end if number else 0.0
            at = (before + utterances[number].start) / 2
            built.unmatched.append(_unmatched(words, reached, first, at))
        if first < end:
            group.append(number)
        reached = end
    if group:
        _add_group(built, group, utterances, words, match, max_seconds)
    if reached < len(words.written):
        at = utterances[-1].end if utterances else 0.0
        built.unmatched.append(_unmatched(words, reached, len(words.written), at))
    return built


def _add_group(
    built: BuiltCues,
    group: list[int],
    utterances: Sequence[Utterance],
    words: TranscriptWords,
    match: Match,
    max_seconds: float,
) -> None:
    """Add intervals with consecutive words, cut where a sentence safely ends in a pause."""
    parts: list[list[int]] = [[]]
    for number in group:
        parts[-1].append(number)
        last_word = match.spans[number][1] - 1
        ends_sentence = words.boundaries[last_word] == SENTENCE
        if number != group[-1] and ends_sentence and _is_safe(match, number):
            parts.append([])
    for part in parts:
        for piece in _shorten(part, utterances, match, max_seconds):
            _add_cue(built, piece, utterances, words, match)


def _add_cue(
    built: BuiltCues,
    piece: list[int],
    utterances: Sequence[Utterance],
    words: TranscriptWords,
    match: Match,
) -> None:
    first, end = match.spans[piece[0]][0], match.spans[piece[-1]][1]
    spoken = [utterances[number] for number in piece]
    text = "".join(words.letters[first:end])
    hypothesis = "".join(utterance.letters for utterance in spoken)
    confidence = statistics.fmean(utterance.confidence for utterance in spoken)
    words_per_second = (end - first) / max(spoken[-1].end - spoken[0].start, 1e-3)
    built.cues.append(
        Cue(
            start=spoken[0].start,
            end=spoken[-1].end,
            text=" ".join(words.written[first:end]),
            speaker=common_speaker(words.speakers[first:end]),
            score=score(agreement(text, hypothesis), confidence, words_per_second),
            confidence=confidence,
        )
    )
    built.pairs.append((text, hypothesis))


def _is_safe(match: Match, number: int) -> bool:
    return match.margins[number] >= _SAFE_MARGIN


def _shorten(
    part: list[int], utterances: Sequence[Utterance], match: Match, max_seconds: float
) -> list[list[int]]:
    """Cut within a sentence, in the pause of the largest margin, while the part is too long."""
    seconds = utterances[part[-1]].end - utterances[part[0]].start
    safe = [number for number in part[:-1] if _is_safe(match, number)]
    if seconds <= max_seconds or not safe:
        return [part]
    at = part.index(max(safe, key=lambda number: match.margins[number])) + 1
    return [
        piece
        for half in (part[:at], part[at:])
        for piece in _shorten(half, utterances, match, max_seconds)
    ]


def agreement(text: str, hypothesis: str) -> float:
    """Normalized Levenshtein similarity of two strings of letters: 1 equal, 0 nothing alike."""
    return Levenshtein.normalized_similarity(text, hypothesis)


def score(agreed: float, confidence: float, words_per_second: float) -> float:
    """How reliable a segment's text is, 0 to 1.

    The agreement, raised where the model has low confidence, as its hypothesis then says less
    against the text, and lowered in proportion where the speaking rate is out of the usual range.
    docs/results.md compares it with the agreement alone.

    Args:
        agreed: see `agreement`.
        confidence: mean probability of the hypothesis, 0 to 1.
        words_per_second: words of the text by seconds of the speech.
    """
    rate_factor = min(
        1.0,
        words_per_second / _MIN_WORDS_PER_SECOND,
        _MAX_WORDS_PER_SECOND / max(words_per_second, 1e-9),
    )
    return min(1.0, agreed / math.sqrt(max(confidence, _MIN_CONFIDENCE))) * rate_factor


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


def _unmatched(words: TranscriptWords, first: int, end: int, at: float) -> Cue:
    text = " ".join(words.written[first:end])
    return Cue(at, at, text, common_speaker(words.speakers[first:end]))
