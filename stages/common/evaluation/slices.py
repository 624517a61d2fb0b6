"""The WER of each slice of the test split, as `metrics/slices.csv`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from stages.common.dataset.slices import SLICES
from stages.common.evaluation.clip_scores import ClipScore
from stages.common.evaluation.significance.wer_interval import wer_interval

COLUMNS = ("kind", "slice", "clips", "words", "wer", "wer_low", "wer_high")


def slice_rows(
    scores: Sequence[ClipScore],
) -> Iterator[tuple[str, str, int, int, float, float | None, float | None]]:
    """Rows of `COLUMNS`, one for each slice that has clips, in the order of `SLICES`.

    A slice from one recording of several is left out: it has no interval, and its words and errors
    are those of one person.
    """
    several = len({score.recording for score in scores}) > 1
    groups: dict[tuple[str, str], list[ClipScore]] = defaultdict(list)
    for score in scores:
        for label in score.slices.items():
            groups[label].append(score)
    for kind, names in SLICES.items():
        for name in names:
            clips = groups[kind, name]
            if len({clip.recording for clip in clips}) > several:
                words = sum(clip.reference_words for clip in clips)
                wer = sum(clip.errors for clip in clips) / words
                low, high = wer_interval([clip.counts for clip in clips]) or (None, None)
                yield kind, name, len(clips), words, wer, low, high
