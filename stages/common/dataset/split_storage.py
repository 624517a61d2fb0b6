"""Writing and reading a split: a Hugging Face dataset of clips with their audio.

The audio is stored in the rows as FLAC bytes, which the library does not decode. Each split is
complete in itself, so that scoring depends on the test split alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import datasets


@dataclass(frozen=True)
class Clip:
    """A training window or a segment to be scored."""

    id: str
    recording: str
    start: float
    """Seconds from the recording's start."""
    seconds: float
    text: str
    labels: list[int]
    """The label sequence, see labels.py: the prompt, if any, then start token to end token."""
    prompt: int
    """Labels before the start token."""
    audio: bytes
    """FLAC, 16 kHz, mono, 16 bit."""
    written: str = ""
    """The text as typed, whatever the style of the labels; "" if the transcripts have no case and
    punctuation."""
    client: str = ""
    """The recording's `group` in the manifest."""


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
        "written": datasets.Value("string"),
        "client": datasets.Value("string"),
    }
)


def save_split(folder: Path, clips: Iterable[Clip]) -> None:
    """Write `clips` to `folder`, one at a time; the same clips give the same bytes.

    Raises: ValueError if `clips` is empty.
    """
    scratch = folder.with_name(f".{folder.name}.cache")
    split = datasets.Dataset.from_generator(
        _rows,
        features=FEATURES,
        cache_dir=str(scratch),
        gen_kwargs={"clips": clips},
        # The library would take a hash of the generator, which has none.
        fingerprint="attune",
    )
    split.save_to_disk(folder)
    shutil.rmtree(scratch)


def _rows(clips: Iterable[Clip]) -> Iterator[dict[str, object]]:
    for clip in clips:
        yield {name: getattr(clip, name) for name in FEATURES}


def load_split(folder: Path) -> datasets.Dataset:
    """Memory-mapped."""
    return datasets.load_from_disk(str(folder))


def clips_of(folder: Path) -> Iterator[Clip]:
    """The clips of the split, in order."""
    for row in load_split(folder):
        yield Clip(**row)


def join_clips(
    clips: Iterable[Clip], seconds: float, labels: int | None = None
) -> Iterator[list[Clip]]:
    """Group neighbouring clips of a recording into windows of at most `seconds`, in order.

    A longer clip is a window of its own. labels: most labels of the clips of a window, in all.
    """
    window: list[Clip] = []
    for clip in clips:
        others = [*window, clip]
        fits = sum(other.seconds for other in others) <= seconds and (
            labels is None or sum(len(other.labels) for other in others) <= labels
        )
        if window and (clip.recording != window[0].recording or not fits):
            yield window
            window = []
        window.append(clip)
    if window:
        yield window
