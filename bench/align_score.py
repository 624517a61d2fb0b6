"""Alignment quality against the exact times of each sentence. For benchmarks only."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from stages.common.core.params import Segment as Settings
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.marks import UNKNOWN
from stages.segment.alignment.align import BuiltCues
from stages.segment.cutting import plan_segments

NOT_SPOKEN = -1


@dataclass(frozen=True)
class Sentence:
    """A sentence with its exact times in seconds."""

    start: float
    end: float
    text: str
    speaker: str = ""


@dataclass(frozen=True)
class Script:
    """A transcript to align."""

    turns: list[Cue]
    owners: list[int]
    """Index of each word's true sentence, or NOT_SPOKEN."""


@dataclass
class Tally:
    """Sums over recordings."""

    words: int = 0
    """Words of the transcripts that were spoken."""
    kept: int = 0
    """Spoken words in a segment that contains their sentence."""
    in_segments: int = 0
    """Words in segments, right or wrong."""
    wrong: int = 0
    """Words in a segment that does not contain their sentence."""
    errors: list[float] = field(default_factory=list)
    """Seconds between a segment's boundary and that of the sentence that begins or ends there."""
    mismatches: int = 0
    """Recordings whose transcript was rejected."""
    recordings: int = 0

    def row(self) -> str:
        """The cells of a Markdown table's row."""
        kept = f"{self.kept / self.words:.1%}" if self.words else f"{self.in_segments} words"
        wrong = f"{self.wrong / self.in_segments:.2%}" if self.in_segments else "-"
        bounds = "-"
        if self.errors:
            median, high = np.percentile(self.errors, [50, 95])
            bounds = f"{median:.3f} s / {high:.3f} s"
        return f"{kept} | {wrong} | {bounds} | {self.mismatches} of {self.recordings}"


def clean(sentences: Sequence[Sentence]) -> Script:
    return _script([(number, s.speaker, s.text) for number, s in enumerate(sentences)])


def damaged(sentences: Sequence[Sentence], others: Sequence[str], seed: str) -> Script:
    """10 % of the sentences missing, 5 % unspoken ones added, 3 % with a word redacted, 10 % of the
    speaker labels wrong."""
    draw = random.Random(seed)
    rows: list[tuple[int, str, str]] = []
    for number, sentence in enumerate(sentences):
        if draw.random() < 0.05:
            rows.append((NOT_SPOKEN, sentence.speaker, draw.choice(others)))
        if draw.random() < 0.10:
            continue
        text, speaker = sentence.text, sentence.speaker
        if draw.random() < 0.03:
            words = text.split()
            words[draw.randrange(len(words))] = UNKNOWN
            text = " ".join(words)
        if draw.random() < 0.10:
            speaker = "Client" if speaker == "Therapist" else "Therapist"
        rows.append((number, speaker, text))
    return _script(rows)


def foreign(sentences: Sequence[Sentence]) -> Script:
    """The transcript of another session."""
    return _script([(NOT_SPOKEN, s.speaker, s.text) for s in sentences])


def _script(rows: Sequence[tuple[int, str, str]]) -> Script:
    turns = [Cue(0.0, 0.0, text, speaker) for _, speaker, text in rows]
    owners = [number for number, _, text in rows for _ in text.split()]
    return Script(turns, owners)


def tally(
    into: Tally, script: Script, built: BuiltCues, truth: Sequence[Sentence], settings: Settings,
    seconds: float,
) -> None:  # fmt: skip
    """Add one recording of `seconds`. Segment boundaries are compared without padding."""
    written = [word for turn in script.turns for word in turn.text.split()]
    into.words += sum(
        owner != NOT_SPOKEN and word != UNKNOWN
        for owner, word in zip(script.owners, written, strict=True)
    )
    unpadded = settings.model_copy(update={"pad_seconds": 0.0})
    plan = plan_segments(built.cues, seconds, unpadded, built.unmatched)
    items = [(segment.cue, True) for segment in plan.segments]
    items += [(cue, False) for cue, _ in plan.rejected]
    items.sort(key=lambda item: (item[0].start, item[0].end))
    at = 0
    for cue, kept in items:
        words = cue.text.split()
        if written[at : at + len(words)] != words:
            raise RuntimeError("segments and lost words do not make up the transcript")
        owners = script.owners[at : at + len(words)]
        at += len(words)
        if not kept:
            continue
        wrong = sum(owner == NOT_SPOKEN or not _contains(cue, truth[owner]) for owner in owners)
        into.in_segments += len(owners)
        into.wrong += wrong
        into.kept += len(owners) - wrong
        first, last = owners[0], owners[-1]
        # There are no exact times within a sentence.
        if first != NOT_SPOKEN and words[0] == truth[first].text.split()[0]:
            into.errors.append(abs(cue.start - truth[first].start))
        if last != NOT_SPOKEN and words[-1] == truth[last].text.split()[-1]:
            into.errors.append(abs(cue.end - truth[last].end))
    if at != len(written):
        raise RuntimeError("segments and lost words do not make up the transcript")


def _contains(cue: Cue, sentence: Sentence) -> bool:
    """More than half of the shorter of the two lies within the other."""
    overlap = min(cue.end, sentence.end) - max(cue.start, sentence.start)
    return overlap > 0.5 * min(cue.end - cue.start, sentence.end - sentence.start)


def shifted(sentences: Sequence[Sentence], seconds: float) -> list[Sentence]:
    return [replace(s, start=s.start + seconds, end=s.end + seconds) for s in sentences]
