"""Words with times, as ASR services write them, grouped into cues of a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from stages.common.transcripts.cue import Cue

_PAUSE = 1.0
"""Seconds without a word that end a cue."""
_LONGEST = 25.0
"""Seconds after which a cue ends at the next word, if no sentence ends before."""


@dataclass(frozen=True)
class Word:
    start: float
    """Seconds; NaN if unreadable."""
    end: float
    text: str
    """With its punctuation."""
    speaker: str = ""


def to_cues(words: Iterable[Word]) -> list[Cue]:
    """Cues that end at the end of a sentence, a pause, a change of speaker, or when too long."""
    cues: list[list[Word]] = []
    for word in words:
        if not word.text.strip():
            continue
        if cues and _goes_on(cues[-1], word):
            cues[-1].append(word)
        else:
            cues.append([word])
    return [
        Cue(cue[0].start, cue[-1].end, " ".join(w.text.strip() for w in cue), cue[0].speaker)
        for cue in cues
    ]


def _goes_on(cue: list[Word], word: Word) -> bool:
    """Times that are not readable end nothing."""
    last = cue[-1]
    ends = last.text.rstrip("\"')\u201d\u2019").endswith((".", "?", "!"))
    apart = word.start - last.end > _PAUSE or word.end - cue[0].start > _LONGEST
    return word.speaker == last.speaker and not ends and not apart
