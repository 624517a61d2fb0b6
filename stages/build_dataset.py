"""Drop what cannot be learned from, deal the rest to train, validation and test, write a dataset.

Reads `data/normalized`, the tokenizer in `models/base`, the key. Writes `data/dataset` (Hugging
Face `datasets`, one folder a side, each clip's audio inside as FLAC, and the test side's recordings
as a whole) and `metrics/dataset.json`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import soundfile

from stages.common.dataset import Clip, save_side
from stages.common.errors import Fault, run_stage
from stages.common.files import new_folder, write_metrics, write_text
from stages.common.ids import drawn, keyed_hash, read_key
from stages.common.labels import Labeller, load_labeller
from stages.common.manifest import Segment, audio_path, read_recordings, read_segments
from stages.common.params import BuildDataset, load_params
from stages.common.splits import SIDES, Side, shared_texts, side_of
from stages.common.text.normalizer import scoring_form
from stages.common.whole import save_recordings
from stages.common.windows import Kind, Part, join, make_clip

SOURCE = Path("data/normalized")
TARGET = Path("data/dataset")
BASE = Path("models/base")


def reason_to_drop(segment: Segment, params: BuildDataset, labeller: Labeller) -> str | None:
    """Why nothing can be learned from `segment`, or None. The first reason that holds counts."""
    words = len(scoring_form(segment.text).split())
    if segment.seconds < params.min_seconds:
        return "too_short"
    # Times are rounded to milliseconds: a clip of exactly the limit must pass.
    if segment.seconds > params.max_seconds + 1e-3:
        return "too_long"
    if words == 0:
        return "no_transcript"
    pace = words / segment.seconds
    if pace > params.max_words_per_second:
        return "too_many_words_a_second"
    if pace < params.min_words_per_second:
        return "too_few_words_a_second"
    if labeller.count(segment.text) + 2 > labeller.room:
        return "over_448_labels"
    return None


def side_clips(
    side: Side,
    kept: list[Segment],
    order: dict[str, int],
    params: BuildDataset,
    labeller: Labeller,
    key: bytes,
) -> Iterator[Clip]:
    """Training gets windows, a share of them with times; what is scored stays as it was cut."""

    def kind_of(segment: Segment) -> Kind:
        if side != "train":
            return Kind(most=1)

        def among(kind: str, share: float) -> bool:
            return drawn(key, kind, segment.id) < share

        most = len(kept)
        if among("short", params.short_windows):
            most = 1 if among("short", params.short_windows / 2) else 2
        timed = among("timed", params.timestamps)
        return Kind(
            most,
            timed,
            partial=timed and among("partial", params.partial_windows),
            prompted=among("prompt", params.prompts),
        )

    for recording, segments in groupby(kept, key=lambda segment: segment.recording):
        samples, _ = soundfile.read(audio_path(SOURCE, recording), dtype="int16")
        parts = [Part(s, order[s.id], labeller.count(s.text)) for s in segments]
        for window in join(parts, params.window_seconds, labeller, kind_of):
            yield make_clip(window, labeller, samples)


class Tally:
    """Counts the clips that pass, so that a side is never held in memory as a whole."""

    def __init__(self) -> None:
        self.clips, self.words, self.seconds = 0, 0, 0.0
        self.digest = hashlib.sha256()

    def count(self, clips: Iterable[Clip]) -> Iterator[Clip]:
        for clip in clips:
            self.clips += 1
            self.words += len(clip.text.split())
            self.seconds += clip.seconds
            self.digest.update(f"{clip.id}\0{clip.start}\0{clip.text}\0".encode())
            self.digest.update(hashlib.sha256(clip.audio).digest())
            yield clip


def build(
    segments: list[Segment],
    groups: dict[str, str],
    key: bytes,
    params: BuildDataset,
    labeller: Labeller,
) -> dict[str, Any]:
    """Write the dataset and return its metrics. Raises: Fault if a side would be empty."""
    sides: dict[str, Side] = {
        recording: side_of(key, group, params.validation, params.test)
        for recording, group in groups.items()
    }
    dropped: Counter[str] = Counter()
    fit: list[Segment] = []
    for segment in segments:
        reason = reason_to_drop(segment, params, labeller)
        if reason:
            dropped[reason] += 1
        else:
            fit.append(segment)
    texts = {s.id: (sides[s.recording], scoring_form(s.text)) for s in fit}
    shared = shared_texts(texts, params.shared_words)
    dropped.update(f"text_also_in_{side}" for side in shared.values())
    kept = [segment for segment in fit if segment.id not in shared]
    by_side = {side: [s for s in kept if sides[s.recording] == side] for side in SIDES}
    _check_sides(by_side, sides, groups, dropped)
    order = {segment.id: number for number, segment in enumerate(segments)}
    metrics: dict[str, Any] = {
        "segments_in": len(segments),
        "dropped": dict(sorted(dropped.items())),
    }
    with new_folder(TARGET) as fresh:
        for side in SIDES:
            tally = Tally()
            clips = side_clips(side, by_side[side], order, params, labeller, key)
            save_side(fresh / side, tally.count(clips))
            recordings = {segment.recording for segment in by_side[side]}
            metrics[side] = {
                "people_or_recordings": len({groups[name] for name in recordings}),
                "recordings": len(recordings),
                "segments": len(by_side[side]),
                "clips": tally.clips,
                "seconds": tally.seconds,
                "words": tally.words,
            }
            if side == "test":
                # Keyed, since a plain hash of a transcript could be checked against guesses.
                metrics["test_set"] = keyed_hash(key, "test set", tally.digest.hexdigest())[:16]
                write_text(fresh / "test_set", metrics["test_set"])
                whole = [s for s in segments if s.recording in recordings]
                save_recordings(SOURCE, fresh / "test_recordings", whole)
    return metrics


def _check_sides(
    by_side: dict[Side, list[Segment]],
    sides: dict[str, Side],
    groups: dict[str, str],
    dropped: Counter[str],
) -> None:
    faults = []
    for side in SIDES:
        if not by_side[side]:
            dealt = len({groups[r] for r, where in sides.items() if where == side})
            faults.append(
                f"{side} is empty ({dealt} of {len(set(groups.values()))} people or recordings "
                "were dealt to it): add recordings, or raise its share in build_dataset"
            )
    if faults and dropped:
        counts = ", ".join(f"{reason} {count}" for reason, count in sorted(dropped.items()))
        faults.append(f"dropped before: {counts}")
    if faults:
        raise Fault("\n".join(faults))


def main() -> None:
    params = load_params()
    key = read_key(Path(params.data.key))
    labeller = load_labeller(BASE, params.build_dataset.language)
    groups = {recording.id: recording.group for recording in read_recordings(SOURCE)}
    metrics = build(read_segments(SOURCE), groups, key, params.build_dataset, labeller)
    write_metrics("dataset", metrics)
    print(f"build_dataset: {metrics['segments_in']} segments in, dropped {metrics['dropped'] or 0}")
    for side in SIDES:
        counts = metrics[side]
        print(
            f"  {side}: {counts['clips']} clips of {counts['segments']} segments, "
            f"{counts['recordings']} recordings, {counts['seconds'] / 60:.1f} min"
        )


if __name__ == "__main__":
    run_stage("build_dataset", main)
