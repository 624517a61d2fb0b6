"""Data of `make bench-time-to-wer`: the same segments as Attune's windows and as single clips."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from stages.build_dataset.building import build
from stages.build_dataset.split_assignment import split_of
from stages.common.audio.samples import Pcm16, read_pcm
from stages.common.core.errors import UserError
from stages.common.core.ids import read_key
from stages.common.core.manifest import (
    Segment,
    audio_path,
    read_recordings,
    read_segments,
    write_manifest,
)
from stages.common.core.params import Params
from stages.common.dataset.labels import load_labeller
from stages.common.dataset.split_storage import clips_of, save_split
from stages.finetune.training import BASE

Item = TypeVar("Item")
_NORMALIZED, _SEGMENTS = Path("data/normalized"), Path("data/segments")


def build_datasets(folder: Path, params: Params, minutes: float, validation_clips: int) -> None:
    """Write `windows` and `clips` to `folder`, both with the splits `train` and `validation`.

    Both hold the training segments up to `minutes` of audio, in the manifest's order, and all of
    the validation split. `clips` has one segment per clip, and in validation `validation_clips` of
    them at equal distances.
    """
    key = read_key(Path(params.data.key))
    recordings = list(read_recordings(_NORMALIZED))
    shares = params.build_dataset.validation, params.build_dataset.test
    train = {r.id for r in recordings if split_of(key, r.group, *shares) == "train"}
    segments = list(first_minutes(read_segments(_NORMALIZED), train, minutes))
    kept = {segment.recording for segment in segments}
    write_manifest(folder / "source", (r for r in recordings if r.id in kept), segments)
    read = {r.id: r for r in recordings if r.id in kept}
    gains = {r.id: r.gain_db for r in recordings}

    def read_audio(recording: str) -> Pcm16:
        return read_pcm(audio_path(_SEGMENTS, recording), gains[recording])

    labeller = load_labeller(BASE, params.build_dataset.language)
    single = params.build_dataset.model_copy(update={"window_seconds": 0.0})
    for name, settings in (("windows", params.build_dataset), ("single", single)):
        build(folder / "source", folder / name, read, read_audio, key, settings, labeller)
    for split, most in (("train", None), ("validation", validation_clips)):
        # The pipeline may add windows without words; the other recipe has none.
        clips = [clip for clip in clips_of(folder / "single" / split) if clip.text.strip()]
        save_split(folder / "clips" / split, spread(clips, most or len(clips)))


def first_minutes(
    segments: Iterable[Segment], train: set[str], minutes: float
) -> Iterator[Segment]:
    """All segments outside the recordings `train`, and of those the first up to `minutes`.

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
                        f"fewer than the {minutes:g} of --minutes")  # fmt: skip


def spread(clips: Sequence[Item], most: int) -> list[Item]:
    """At most `most` clips, at equal distances."""
    count = min(most, len(clips))
    return [clips[number * len(clips) // count] for number in range(count)]
