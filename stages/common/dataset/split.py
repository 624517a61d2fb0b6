"""The dataset on disk: one Hugging Face dataset a side, clips with their audio inside.

The audio lies in the rows as FLAC, undecoded: a side is whole in itself, so that scoring depends on
the test side alone, and no decoder of the library's choice comes in between.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import datasets


@dataclass(frozen=True)
class Clip:
    id: str
    recording: str
    start: float
    """Seconds from the recording's start."""
    seconds: float
    text: str
    labels: list[int]
    """The whole label sequence: a prompt if there is one, then start token to end token."""
    prompt: int
    """Labels before the start token."""
    audio: bytes
    """FLAC, 16 kHz, mono, 16 bit."""


FEATURES = datasets.Features(
    {
        "id": datasets.Value("string"),
        "recording": datasets.Value("string"),
        "start": datasets.Value("float64"),
        "seconds": datasets.Value("float64"),
        "text": datasets.Value("string"),
        "labels": datasets.List(datasets.Value("int32")),
        "prompt": datasets.Value("int32"),
        "audio": datasets.Value("binary"),
    }
)


def save_split(folder: Path, clips: Iterable[Clip]) -> None:
    """Write `clips` as `folder`, one at a time; the same clips give the same bytes.

    Raises: ValueError if there is no clip.
    """
    scratch = folder.with_name(f".{folder.name}.cache")
    side = datasets.Dataset.from_generator(
        _rows,
        features=FEATURES,
        cache_dir=str(scratch),
        gen_kwargs={"clips": clips},
        # The library would name it by a hash of the generator, which has none.
        fingerprint="attune",
    )
    side.save_to_disk(folder)
    shutil.rmtree(scratch)


def _rows(clips: Iterable[Clip]) -> Iterator[dict[str, object]]:
    for clip in clips:
        yield {name: getattr(clip, name) for name in FEATURES}


def load_split(folder: Path) -> datasets.Dataset:
    """The side as a dataset; reading is memory-mapped."""
    return datasets.load_from_disk(str(folder))


def clips_of(folder: Path) -> Iterator[Clip]:
    """The side's clips, in their order."""
    for row in load_split(folder):
        yield Clip(**row)
