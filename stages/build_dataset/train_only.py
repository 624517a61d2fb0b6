"""Recordings that only training may have: a check of what was written, and their share in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stages.build_dataset.split_assignment import SPLITS
from stages.common.core.manifest import Recording
from stages.common.core.metrics import three_digits
from stages.common.dataset.full_recordings import read_recordings
from stages.common.dataset.split_storage import load_split


def check_splits(dataset: Path, recordings: Mapping[str, Recording]) -> None:
    """Read the written splits again, and compare them with the manifest.

    Raises: RuntimeError if a recording that is for training only is in validation or test, or a
        person in two splits. Either is an error in the assignment, whatever the data.
    """
    written = {split: set(_seconds(dataset / split)) for split in SPLITS}
    written["test"] |= set(read_recordings(dataset / "test_recordings"))
    for split in ("validation", "test"):
        wrong = sum(recordings[name].use == "train" for name in written[split])
        if wrong:
            raise RuntimeError(f"{split} has {wrong} recording(s) that are for training only")
    people = [{recordings[name].group for name in written[split]} for split in SPLITS]
    if sum(map(len, people)) > len(set().union(*people)):
        raise RuntimeError("a person is in more than one split")


def train_only_metrics(
    dataset: Path, recordings: Mapping[str, Recording], left_out: int
) -> dict[str, Any]:
    """Number of recordings for training only, their windows' hours and share of training, and the
    number of training recordings from each corpus of others.

    left_out: recordings for training only whose client is in validation or test.
    """
    seconds = _seconds(dataset / "train")
    those = {name: s for name, s in seconds.items() if recordings[name].use == "train"}
    corpora = (recordings[name].corpus for name in seconds)
    return {
        "train_only_recordings": len(those),
        "train_only_hours": three_digits(sum(those.values()) / 3600),
        "train_only_share": round(sum(those.values()) / seconds.total(), 4),
        "train_only_left_out": left_out,
        "corpora": dict(sorted(Counter(filter(None, corpora)).items())),
    }


def _seconds(split: Path) -> Counter[str]:
    """Recording -> seconds of its clips in a written split."""
    seconds: Counter[str] = Counter()
    rows = load_split(split).select_columns(["recording", "seconds"])[:]
    for recording, length in zip(rows["recording"], rows["seconds"], strict=True):
        seconds[recording] += length
    return seconds
