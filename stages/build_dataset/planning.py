"""Selection of segments and layout of windows, before any audio is read.

The manifest is streamed: `survey` reads it once and keeps a few bytes per segment, `plan` keeps one
recording in memory at a time. `make bench-plan` measures both.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby, islice

from stages.build_dataset.split_assignment import SPLITS, Split, texts_in_other_splits
from stages.build_dataset.windows import Kind, Part, Window, join
from stages.common.core.ids import hash_to_unit
from stages.common.core.manifest import Segment
from stages.common.core.params import BuildDataset
from stages.common.dataset.labels import Labeller
from stages.common.text.normalizer import scoring_form


@dataclass(frozen=True)
class Survey:
    """The segments that stay, and why the others are dropped."""

    recording_splits: Mapping[str, Split]
    """Recording -> its split; without those that are left out."""
    splits: list[Split | None] = field(default_factory=list)
    """The split of each segment, in the manifest's order; None if it is dropped."""
    tokens: array[int] = field(default_factory=lambda: array("H"))
    """Number of tokens of each segment's text, in the manifest's order; 0 if it is dropped."""
    dropped: Counter[str] = field(default_factory=Counter)
    """Reason -> number of segments."""
    kept: dict[Split, Counter[str]] = field(default_factory=lambda: {s: Counter() for s in SPLITS})
    """Split -> recording -> number of segments that stay."""


def survey(
    segments: Iterable[Segment],
    recording_splits: Mapping[str, Split],
    params: BuildDataset,
    labeller: Labeller,
    left_out: Mapping[str, Split] | None = None,
) -> Survey:
    """Decide which segments stay.

    Args:
        segments: all of a manifest, in its order.
        recording_splits, left_out: see `split_assignment.Assignment`.
    """
    left_out = left_out or {}
    result = Survey(recording_splits)
    digests = array("Q")  # 0 for a dropped segment or a text that several splits may hold
    counts: Counter[str] = Counter()  # segments of each recording, in the manifest's order
    for segment in segments:
        form, tokens = scoring_form(segment.text, params.language), labeller.count(segment.text)
        words = len(form.split())
        if segment.recording in left_out:
            reason: str | None = f"client_also_in_{left_out[segment.recording]}"
        else:
            reason = _reason_to_drop(segment, words, tokens, params, labeller)
        if reason:
            result.dropped[reason] += 1
        counts[segment.recording] += 1
        result.splits.append(None if reason else recording_splits[segment.recording])
        result.tokens.append(0 if reason else tokens)
        # Among a million texts two digests collide with a probability of 3 in 10^8.
        digest = int.from_bytes(hashlib.blake2b(form.encode(), digest_size=8).digest())
        digests.append(0 if reason or words < params.shared_words else digest)
    for index, keeper in texts_in_other_splits(result.splits, digests):
        result.splits[index] = None
        result.dropped[f"text_also_in_{keeper}"] += 1
    splits = iter(result.splits)
    for recording, count in counts.items():
        kept = sum(split is not None for split in islice(splits, count))
        if kept:
            result.kept[recording_splits[recording]][recording] = kept
    return result


def _reason_to_drop(
    segment: Segment, words: int, tokens: int, params: BuildDataset, labeller: Labeller
) -> str | None:
    """The first reason for dropping `segment`, or None. words: of its text in scoring form."""
    if segment.seconds < params.min_seconds:
        return "too_short"
    # Times are rounded to milliseconds: a segment of exactly the limit must pass.
    if segment.seconds > params.max_seconds + 1e-3:
        return "too_long"
    if words == 0:
        return "no_transcript"
    rate = words / segment.seconds
    if rate > params.max_words_per_second:
        return "too_many_words_a_second"
    if rate < params.min_words_per_second:
        return "too_few_words_a_second"
    if tokens + 2 > labeller.room:
        return "over_448_labels"
    return None


def plan(
    segments: Iterable[Segment],
    survey: Survey,
    split: Split,
    params: BuildDataset,
    labeller: Labeller,
    key: bytes,
) -> Iterator[Window]:
    """The windows of one split, recording by recording. segments: those surveyed, in their order.

    Training windows follow the parameters; validation and test keep each segment as a window of its
    own.
    """

    def kind_of(segment: Segment) -> Kind:
        if split != "train":
            return Kind(most=1)

        def chosen(name: str, share: float) -> bool:
            return hash_to_unit(key, name, segment.id) < share

        most = None
        if chosen("short", params.short_windows):
            most = 1 if chosen("short", params.short_windows / 2) else 2
        timed = chosen("timed", params.timestamps)
        return Kind(
            most,
            timed,
            partial=timed and chosen("partial", params.partial_windows),
            prompted=chosen("prompt", params.prompts),
        )

    rows = zip(segments, survey.splits, survey.tokens, strict=True)
    for recording, group in groupby(rows, key=lambda row: row[0].recording):
        if survey.recording_splits.get(recording) == split:
            parts = [
                Part(segment, number, tokens)
                for number, (segment, kept_in, tokens) in enumerate(group)
                if kept_in
            ]
            yield from join(parts, params.window_seconds, labeller, kind_of)
