"""Data of `make bench-time-to-wer`: the same segments as Attune's windows and as single clips."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import yaml

from stages.build_dataset import __main__ as build_dataset
from stages.build_dataset.split_assignment import assign
from stages.common.core.errors import UserError
from stages.common.core.ids import read_key
from stages.common.core.manifest import Segment, read_recordings, read_segments, write_manifest
from stages.common.core.params import Params
from stages.common.dataset.split_storage import clips_of, save_split

Item = TypeVar("Item")


def build_datasets(folder: Path, params: Params, minutes: float, validation_clips: int) -> None:
    """Write the project `windows`, in which `finetune` can run, and the dataset `clips`.

    Both have the training segments up to `minutes` of audio, in the manifest's order, and the whole
    validation split. `clips` has the splits `train` and `validation` with one segment per clip, and
    only `validation_clips` clips for validation, at equal intervals.
    """
    key = Path(params.data.key).resolve()
    recordings = list(read_recordings(build_dataset.SOURCE))
    shares = params.build_dataset.validation, params.build_dataset.test
    splits = assign(recordings, read_key(key), *shares).splits
    train = {name for name, split in splits.items() if split == "train"}
    segments = list(first_minutes(read_segments(build_dataset.SOURCE), train, minutes))
    kept = {segment.recording for segment in segments}
    joined = params.build_dataset.window_seconds
    for name, seconds in (("windows", joined), ("single", 0.0)):
        project = folder / name
        source = project / build_dataset.SOURCE
        write_manifest(source, (r for r in recordings if r.id in kept), segments)
        for path in (build_dataset.AUDIO, build_dataset.BASE):
            (project / path).parent.mkdir(exist_ok=True)
            (project / path).symlink_to(path.resolve())
        values = params.model_dump(mode="json")
        values["data"]["key"] = str(key)
        values["build_dataset"]["window_seconds"] = seconds
        (project / "params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
        with contextlib.chdir(project), contextlib.redirect_stdout(None):
            build_dataset.main()
    for split, most in (("train", None), ("validation", validation_clips)):
        rows = clips_of(folder / "single" / build_dataset.TARGET / split)
        # The pipeline may add windows without words; the guide's recipe has none.
        clips = [clip for clip in rows if clip.text.strip()]
        save_split(folder / "clips" / split, spread(clips, most or len(clips)))


def first_minutes(
    segments: Iterable[Segment], train: set[str], minutes: float
) -> Iterator[Segment]:
    """All segments of recordings not in `train`, and the first `minutes` of segments of `train`.

    Raises: UserError if there are fewer minutes.
    """
    left = minutes * 60
    for segment in segments:
        if segment.recording not in train:
            yield segment
        elif left > 0:
            left -= segment.seconds
            yield segment
    if left > 0:
        raise UserError(f"training recordings have {minutes - left / 60:.1f} minutes of segments, "
                        f"fewer than --minutes {minutes:g}; lower it")  # fmt: skip


def spread(clips: Sequence[Item], most: int) -> list[Item]:
    """At most `most` clips, at equal intervals."""
    count = min(most, len(clips))
    return [clips[number * len(clips) // count] for number in range(count)]
