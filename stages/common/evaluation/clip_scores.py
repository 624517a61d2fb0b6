"""One row for each test clip: every count that any table or metric is a group-by over.

The rows lie in `data/hypotheses/*.jsonl`, outside git: they hold transcripts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import jiwer

from stages.common.core.files import stream_rows, write_rows
from stages.common.dataset.split_storage import Clip
from stages.common.evaluation.entities.counting import EntityCounts, count_entities
from stages.common.evaluation.entities.vocabulary import Vocabulary
from stages.common.evaluation.repetition import is_looping
from stages.common.text.error_counts import ErrorCounts
from stages.common.text.word_alignment import align


@dataclass(frozen=True)
class ClipScore:
    id: str
    recording: str
    client: str
    """See `Clip`."""
    start: float
    """Seconds from the recording's start."""
    seconds: float
    reference: str
    hypothesis: str
    reference_words: int
    substitutions: int
    deletions: int
    insertions: int
    reference_characters: int
    """In scoring form, spaces included."""
    character_errors: int
    entities: EntityCounts
    slices: Mapping[str, str]
    """Kind -> slice, as `build_dataset` labels them."""
    repetition_loop: bool
    longest_insertion: int
    """Words of the longest run of insertions."""

    @property
    def errors(self) -> int:
        return self.substitutions + self.deletions + self.insertions

    @property
    def counts(self) -> ErrorCounts:
        """The error counts, whose sums over each recording are committed to git."""
        return ErrorCounts(
            self.recording,
            self.client,
            1,
            self.reference_words,
            self.substitutions,
            self.deletions,
            self.insertions,
        )


def score_clip(
    clip: Clip, hypothesis: str, slices: Mapping[str, str], terms: Vocabulary, language: str
) -> ClipScore:
    """Align the hypothesis with the clip's reference, once, and count on that alignment.

    Raises: ValueError if the reference has no words: its WER is undefined.
    """
    aligned = align(clip.text, hypothesis, language)
    if not aligned.reference:
        raise ValueError(f"clip {clip.id} has a reference without words")
    characters = jiwer.process_characters(" ".join(aligned.reference), " ".join(aligned.hypothesis))
    return ClipScore(
        id=clip.id,
        recording=clip.recording,
        client=clip.client,
        start=clip.start,
        seconds=clip.seconds,
        reference=clip.text,
        hypothesis=hypothesis,
        reference_words=len(aligned.reference),
        substitutions=aligned.substitutions,
        deletions=aligned.deletions,
        insertions=aligned.insertions,
        reference_characters=characters.hits + characters.substitutions + characters.deletions,
        character_errors=characters.substitutions + characters.deletions + characters.insertions,
        entities=count_entities(aligned, terms, language),
        slices=slices,
        repetition_loop=is_looping(aligned, clip.text, hypothesis),
        longest_insertion=aligned.longest_insertion,
    )


def error_rates(scores: Sequence[ClipScore]) -> dict[str, Any]:
    """`wer`, `cer` and the counts behind them, over all clips together."""
    words = sum(score.reference_words for score in scores)
    characters = sum(score.reference_characters for score in scores)
    return {
        "wer": sum(score.errors for score in scores) / words,
        "cer": sum(score.character_errors for score in scores) / characters,
        "substitutions": sum(score.substitutions for score in scores),
        "deletions": sum(score.deletions for score in scores),
        "insertions": sum(score.insertions for score in scores),
        "reference_words": words,
        "clips": len(scores),
    }


def write_scores(path: Path, scores: Iterable[ClipScore]) -> None:
    write_rows(path, (asdict(score) for score in scores))


def read_scores(path: Path) -> Iterator[ClipScore]:
    """Read the scores that `write_scores` saved, in the same order."""
    for row in stream_rows(path):
        yield ClipScore(**row | {"entities": EntityCounts.from_row(row["entities"])})
