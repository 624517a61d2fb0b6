"""Cues of a draft: one speaker each, and short enough to correct."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from attune.draft.drafts import Word
from stages.common.transcripts.cue import Cue

_MAX_CUE_SECONDS = 10.0
_MIN_CUE_SECONDS = 1.0
_LEAST_SECONDS = 0.1
"""Length of a cue whose words have no duration."""
_PUNCTUATION = (".", "?", "!", ",", ";")
_PUNCTUATION_BONUS = 0.5
"""Seconds of pause that a punctuation mark counts for when choosing a cut."""


def cues_of(segments: Sequence[Sequence[Word]], speakers: Sequence[str]) -> list[Cue]:
    """Divide a model's segments into cues of one speaker each.

    Args:
        segments: words of each segment, in order of time.
        speakers: one for each word of all segments; "" where none is known.
    """
    cues = []
    for words, speaker in _by_speaker(segments, speakers):
        for part in divide(words):
            end = max(part[-1].end, part[0].start + _LEAST_SECONDS)
            cues.append(Cue(part[0].start, end, " ".join(word.text for word in part), speaker))
    return cues


def _by_speaker(
    segments: Sequence[Sequence[Word]], speakers: Sequence[str]
) -> Iterator[tuple[list[Word], str]]:
    remaining = iter(speakers)
    for segment in segments:
        named = [(word, next(remaining)) for word in segment]
        for speaker, pairs in groupby(named, key=lambda pair: pair[1]):
            yield [word for word, _ in pairs], speaker


def divide(words: list[Word]) -> list[list[Word]]:
    """Divide words into cues of at most 10 s where possible, at least 1 s each.

    Cuts at the longest pause; punctuation counts as half a second more. Models give some words no
    duration, so a cue with only such words would have none either.
    """
    if not words:
        return []
    places = [
        at
        for at in range(1, len(words))
        if words[at - 1].end - words[0].start >= _MIN_CUE_SECONDS
        and words[-1].end - words[at].start >= _MIN_CUE_SECONDS
    ]
    if words[-1].end - words[0].start <= _MAX_CUE_SECONDS or not places:
        return [words]

    def fitness(at: int) -> tuple[float, int]:
        punctuated = words[at - 1].text.endswith(_PUNCTUATION)
        pause = words[at].start - words[at - 1].end
        off_middle = abs(2 * at - len(words))
        return (pause + _PUNCTUATION_BONUS * punctuated, -off_middle)

    at = max(places, key=fitness)
    return divide(words[:at]) + divide(words[at:])
