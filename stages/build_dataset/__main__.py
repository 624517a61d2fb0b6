"""Drop what cannot be learned from, deal the rest to train, validation and test, write a dataset.

Reads `data/normalized`, the tokenizer in `models/base`, the key. Writes `data/dataset` (Hugging
Face `datasets`, one folder a side, each clip's audio inside as FLAC, and the test side's recordings
as a whole) and `metrics/dataset.json`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import soundfile

from stages.build_dataset.planning import Survey, plan, survey
from stages.build_dataset.slice_labels import label_clips
from stages.build_dataset.splits import SPLITS, Split, split_of
from stages.build_dataset.windows import Window, make_clip
from stages.common.core.errors import UserError, run_stage
from stages.common.core.files import new_folder, write_rows, write_text
from stages.common.core.ids import keyed_hash, read_key
from stages.common.core.manifest import audio_path, read_recordings, read_segments
from stages.common.core.metrics import write_metrics
from stages.common.core.params import BuildDataset, load_params
from stages.common.dataset.full_recordings import save_recordings
from stages.common.dataset.labels import Labeller, load_labeller
from stages.common.dataset.split import Clip, save_split

SOURCE = Path("data/normalized")
TARGET = Path("data/dataset")
BASE = Path("models/base")


def cut_clips(windows: Iterable[Window], labeller: Labeller) -> Iterator[Clip]:
    """Windows with their audio; those of a recording come together."""
    for recording, those in groupby(windows, key=lambda window: window.segments[0].recording):
        samples, _ = soundfile.read(audio_path(SOURCE, recording), dtype="int16")
        for window in those:
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
    groups: dict[str, str], key: bytes, params: BuildDataset, labeller: Labeller
) -> dict[str, Any]:
    """Write the dataset and return its metrics. Raises: UserError if a side would be empty.

    groups: recording -> who must stay on one side of the split.
    """
    sides: dict[str, Split] = {
        recording: split_of(key, group, params.validation, params.test)
        for recording, group in groups.items()
    }
    found = survey(read_segments(SOURCE), sides, params, labeller)
    _check_sides(found, groups)
    metrics: dict[str, Any] = {
        "segments_in": len(found.splits),
        "dropped": dict(sorted(found.dropped.items())),
    }
    with new_folder(TARGET) as fresh:
        for side in SPLITS:
            tally, kept = Tally(), found.kept[side]
            windows = plan(read_segments(SOURCE), found, side, params, labeller, key)
            save_split(fresh / side, tally.count(cut_clips(windows, labeller)))
            metrics[side] = {
                "people_or_recordings": len({groups[name] for name in kept}),
                "recordings": len(kept),
                "segments": kept.total(),
                "clips": tally.clips,
                "seconds": tally.seconds,
                "words": tally.words,
            }
            if side == "test":
                # Keyed, since a plain hash of a transcript could be checked against guesses.
                metrics["test_set"] = keyed_hash(key, "test set", tally.digest.hexdigest())[:16]
                write_text(fresh / "test_set", metrics["test_set"])
                whole = (s for s in read_segments(SOURCE) if s.recording in kept)
                save_recordings(SOURCE, fresh / "test_recordings", whole)
                labels = label_clips(fresh / "test", fresh / "test_recordings")
                write_rows(fresh / "test_slices.jsonl", labels)
    return metrics


def _check_sides(found: Survey, groups: dict[str, str]) -> None:
    faults = []
    for side in SPLITS:
        if not found.kept[side]:
            dealt = len(
                {groups[name] for name, where in found.recording_splits.items() if where == side}
            )
            faults.append(
                f"{side} is empty ({dealt} of {len(set(groups.values()))} people or recordings "
                "were dealt to it): add recordings, or raise its share in build_dataset"
            )
    if faults and found.dropped:
        counts = ", ".join(f"{reason} {count}" for reason, count in sorted(found.dropped.items()))
        faults.append(f"dropped before: {counts}")
    if faults:
        raise UserError("\n".join(faults))


def main() -> None:
    params = load_params()
    key = read_key(Path(params.data.key))
    labeller = load_labeller(BASE, params.build_dataset.language)
    groups = {recording.id: recording.group for recording in read_recordings(SOURCE)}
    metrics = build(groups, key, params.build_dataset, labeller)
    write_metrics("dataset", metrics)
    print(f"build_dataset: {metrics['segments_in']} segments in, dropped {metrics['dropped'] or 0}")
    for side in SPLITS:
        counts = metrics[side]
        print(
            f"  {side}: {counts['clips']} clips of {counts['segments']} segments, "
            f"{counts['recordings']} recordings, {counts['seconds'] / 60:.1f} min"
        )


if __name__ == "__main__":
    run_stage("build_dataset", main)
