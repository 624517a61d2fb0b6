"""What becomes of each segment, and which windows each recording gives, before any audio is read.

The manifest is streamed. `survey` goes through it once and keeps a few bytes a segment; `plan` then
holds one recording at a time. `make bench-plan` measures both.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby, islice

from stages.build_dataset.splits import SPLITS, Split, texts_in_other_splits
from stages.build_dataset.windows import Kind, Part, Window, join
from stages.common.core.ids import hash_to_unit
from stages.common.core.manifest import Segment
from stages.common.core.params import BuildDataset
from stages.common.dataset.labels import Labeller
from stages.common.text.normalizer import scoring_form


@dataclass(frozen=True)
class Survey:
    """What becomes of each segment."""

    sides: Mapping[str, Split]
    """Of each recording."""
    owners: list[Split | None] = field(default_factory=list)
    """Of each segment, in the manifest's order: the side that it is on, None if it was dropped."""
    words: array[int] = field(default_factory=lambda: array("H"))
    """Of each segment on a side the tokens of its text."""
    dropped: Counter[str] = field(default_factory=Counter)
    """Segments by reason."""
    kept: dict[Split, Counter[str]] = field(default_factory=lambda: {s: Counter() for s in SPLITS})
    """Of each side the number of segments by recording."""


def survey(
    segments: Iterable[Segment],
    sides: Mapping[str, Split],
    params: BuildDataset,
    labeller: Labeller,
) -> Survey:
    """Decide which segments stay.

    Args:
        segments: all of a manifest, in its order.
        sides: of each recording.
    """
    found = Survey(sides)
    digests = array("Q")  # 0 where a text is nobody's own
    lengths: Counter[str] = Counter()  # segments of each recording, in the manifest's order
    for segment in segments:
        form, words = scoring_form(segment.text), labeller.count(segment.text)
        spoken = len(form.split())
        reason = _reason_to_drop(segment, spoken, words, params, labeller)
        if reason:
            found.dropped[reason] += 1
        lengths[segment.recording] += 1
        found.owners.append(None if reason else sides[segment.recording])
        found.words.append(0 if reason else words)
        digests.append(0 if reason or spoken < params.shared_words else _digest(form))
    for row, keeper in texts_in_other_splits(found.owners, digests):
        found.owners[row] = None
        found.dropped[f"text_also_in_{keeper}"] += 1
    owners = iter(found.owners)
    for recording, length in lengths.items():
        left = sum(owner is not None for owner in islice(owners, length))
        if left:
            found.kept[sides[recording]][recording] = left
    return found


def _reason_to_drop(
    segment: Segment, spoken: int, words: int, params: BuildDataset, labeller: Labeller
) -> str | None:
    """Why nothing can be learned from `segment`, or None. The first reason that holds counts.

    spoken: words of its text in the scoring form; words: tokens of its text.
    """
    if segment.seconds < params.min_seconds:
        return "too_short"
    # Times are rounded to milliseconds: a clip of exactly the limit must pass.
    if segment.seconds > params.max_seconds + 1e-3:
        return "too_long"
    if spoken == 0:
        return "no_transcript"
    pace = spoken / segment.seconds
    if pace > params.max_words_per_second:
        return "too_many_words_a_second"
    if pace < params.min_words_per_second:
        return "too_few_words_a_second"
    if words + 2 > labeller.room:
        return "over_448_labels"
    return None


def _digest(form: str) -> int:
    """64 bits of a text. Among a million texts two that differ agree with a chance of 3 in 10^8."""
    return int.from_bytes(hashlib.blake2b(form.encode(), digest_size=8).digest())


def plan(
    segments: Iterable[Segment],
    survey: Survey,
    side: Split,
    params: BuildDataset,
    labeller: Labeller,
    key: bytes,
) -> Iterator[Window]:
    """The windows of one side, recording by recording.

    Training gets windows as the parameters say; what is scored stays as it was cut.

    segments: those that were surveyed, in the same order.
    """

    def kind_of(segment: Segment) -> Kind:
        if side != "train":
            return Kind(most=1)

        def among(kind: str, share: float) -> bool:
            return hash_to_unit(key, kind, segment.id) < share

        most = None
        if among("short", params.short_windows):
            most = 1 if among("short", params.short_windows / 2) else 2
        timed = among("timed", params.timestamps)
        return Kind(
            most,
            timed,
            partial=timed and among("partial", params.partial_windows),
            prompted=among("prompt", params.prompts),
        )

    rows = zip(segments, survey.owners, survey.words, strict=True)
    for recording, those in groupby(rows, key=lambda row: row[0].recording):
        if survey.sides[recording] == side:
            parts = [
                Part(segment, number, words)
                for number, (segment, owner, words) in enumerate(those)
                if owner
            ]
            yield from join(parts, params.window_seconds, labeller, kind_of)
