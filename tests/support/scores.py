"""Clip scores made from texts, without audio or a model."""

from __future__ import annotations

from dataclasses import replace

from stages.common.dataset.split_storage import Clip
from stages.common.evaluation.clip_scores import ClipScore, score_clip
from stages.common.evaluation.entities.vocabulary import parse
from stages.common.text.error_counts import ErrorCounts

TERMS = parse(["insomnia", "sertraline"], "terms")


def score_of(
    recording: str, reference: str, hypothesis: str, name: str = "", **labels: str
) -> ClipScore:
    """One clip's score. name: the clip's id, else that of its recording with a number."""
    clip = Clip(name or f"{recording}-0", recording, 61.25, 2.5, reference, [1], 0, b"")
    return score_clip(clip, hypothesis, labels, TERMS, "en")


def with_errors(clip: ErrorCounts, name: str, reference: str, hypothesis: str) -> ClipScore:
    """The score of these texts, with recording and errors of `clip`. name: the clip's id."""
    return replace(
        score_of(clip.recording, reference, hypothesis, name),
        reference_words=clip.reference_words,
        substitutions=clip.substitutions,
        deletions=clip.deletions,
        insertions=clip.insertions,
    )
