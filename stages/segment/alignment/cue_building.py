"""From matched stretches to cues: where it is safe to cut, how far text and speech agree."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from stages.common.transcripts.cue import Cue
from stages.common.transcripts.speakers import common_speaker
from stages.segment.alignment.matching import Match
from stages.segment.alignment.transcript_words import SENTENCE, Words

_SURE = 2.0
"""Letters by which a cut must be better than the next best."""

_SLOW, _FAST = 0.5, 6.0
"""Words a second between which speech is usual."""
_LEAST_CONFIDENCE = 0.01

_PASSAGES = 40
"""Passages of the transcript that a cue's text is compared with, spread over all of it."""


@dataclass(frozen=True)
class Utterance:
    """A stretch of speech, in seconds, and what the model heard in it."""

    start: float
    end: float
    form: str
    """The words in the form in which they are compared."""
    confidence: float
    """How sure the model was, 0 to 1."""


@dataclass(frozen=True)
class BuiltCues:
    cues: list[Cue]
    """By start, with scores; start and end are those of the speech."""
    not_found: list[Cue]
    """Text that was heard nowhere; start and end are where it would stand."""
    pairs: list[tuple[str, str]]
    """Of each cue: its text and what was heard, both in the form in which they are compared."""


def place(
    utterances: Sequence[Utterance], words: Words, match: Match, max_seconds: float
) -> BuiltCues:
    """Cues of whole sentences where the pauses allow it, none over `max_seconds` if it can be."""
    placed = BuiltCues([], [], [])
    reached = 0
    group: list[int] = []
    for number, (first, end) in enumerate(match.spans):
        if group and (first != reached or first == end):
            _add(placed, group, utterances, words, match, max_seconds)
            group = []
        if first > reached:
            before = utterances[number - 1].end if number else 0.0
            at = (before + utterances[number].start) / 2
            placed.not_found.append(_unheard(words, reached, first, at))
        if first < end:
            group.append(number)
        reached = end
    if group:
        _add(placed, group, utterances, words, match, max_seconds)
    if reached < len(words.written):
        at = utterances[-1].end if utterances else 0.0
        placed.not_found.append(_unheard(words, reached, len(words.written), at))
    return placed


def _add(
    placed: BuiltCues,
    group: list[int],
    utterances: Sequence[Utterance],
    words: Words,
    match: Match,
    max_seconds: float,
) -> None:
    """Stretches whose words follow each other, cut where a sentence surely ends in a pause."""
    parts: list[list[int]] = [[]]
    for number in group:
        parts[-1].append(number)
        last_word = match.spans[number][1] - 1
        if number != group[-1] and words.ends[last_word] == SENTENCE and _sure(match, number):
            parts.append([])
    for part in parts:
        for piece in _shortened(part, utterances, match, max_seconds):
            first, end = match.spans[piece[0]][0], match.spans[piece[-1]][1]
            text = "".join(words.forms[first:end])
            spoken = [utterances[number] for number in piece]
            said = "".join(utterance.form for utterance in spoken)
            confidence = statistics.fmean(utterance.confidence for utterance in spoken)
            pace = (end - first) / max(spoken[-1].end - spoken[0].start, 1e-3)
            cue = Cue(
                start=spoken[0].start,
                end=spoken[-1].end,
                text=" ".join(words.written[first:end]),
                speaker=common_speaker(words.speakers[first:end]),
                score=score(agreement(text, said), confidence, pace),
                confidence=confidence,
            )
            placed.cues.append(cue)
            placed.pairs.append((text, said))


def _sure(match: Match, number: int) -> bool:
    return match.margins[number] >= _SURE


def _shortened(
    part: list[int], utterances: Sequence[Utterance], match: Match, max_seconds: float
) -> list[list[int]]:
    """Cut within a sentence, in the surest pause, while the part is too long."""
    seconds = utterances[part[-1]].end - utterances[part[0]].start
    sure = [number for number in part[:-1] if _sure(match, number)]
    if seconds <= max_seconds or not sure:
        return [part]
    at = part.index(max(sure, key=lambda number: match.margins[number])) + 1
    return [
        piece
        for half in (part[:at], part[at:])
        for piece in _shortened(half, utterances, match, max_seconds)
    ]


def agreement(text: str, said: str) -> float:
    """1 less the share of letters to change in the longer of the two: 1 equal, 0 nothing alike."""
    return Levenshtein.normalized_similarity(text, said)


def score(agreed: float, confidence: float, words_a_second: float) -> float:
    """How far to trust a segment's text, 0 to 1.

    The agreement, raised where the model was unsure of what it heard, as its word then counts for
    less against the text; lowered in proportion where the text is too long or too short for its
    seconds. docs/results.md compares it with the agreement alone.
    """
    pace = min(1.0, words_a_second / _SLOW, _FAST / max(words_a_second, 1e-9))
    return min(1.0, agreed / math.sqrt(max(confidence, _LEAST_CONFIDENCE))) * pace


def match_confidence(pairs: Sequence[tuple[str, str]], text: str) -> float:
    """How often a cue's text agrees better with what was heard than other passages do, 0 to 1.

    Near 1 for the right transcript, even if the model hears badly; for that of another session
    about two thirds, as the search finds what fits best by chance. Weighted by letters.
    """
    beaten, letters = 0.0, 0
    for own, said in pairs:
        score = agreement(own, said)
        room = max(1, len(text) - len(own))
        others = [text[at : at + len(own)] for at in range(0, room, max(1, room // _PASSAGES))]
        won = sum(score > agreement(other, said) for other in others if other != own)
        tried = sum(other != own for other in others)
        beaten += len(own) * won / max(1, tried)
        letters += len(own)
    return beaten / max(1, letters)


def _unheard(words: Words, first: int, end: int, at: float) -> Cue:
    text = " ".join(words.written[first:end])
    return Cue(at, at, text, common_speaker(words.speakers[first:end]))
