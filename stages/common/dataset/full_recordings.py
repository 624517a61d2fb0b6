"""The test side's recordings as a whole, beside its clips: audio, and all that is said in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
import soundfile

from stages.common.core.files import Row, link_or_copy, read_rows, write_rows
from stages.common.core.manifest import Segment, audio_path

_ROWS = "segments.jsonl"


def save_recordings(source: Path, target: Path, segments: Iterable[Segment]) -> None:
    """Recordings with all their segments' words, those too that no clip holds.

    Args:
        source: a folder of the manifest's form.
        target: gets links to its audio; DVC's cache keeps one copy of both anyway.
        segments: all of the recordings that are wanted, those of a recording together.
    """

    def rows() -> Iterator[Row]:
        for name, those in groupby(segments, key=lambda s: s.recording):
            link_or_copy(audio_path(source, name), audio_path(target, name))
            for s in sorted(those, key=lambda s: (s.speech_end, s.speech_start)):
                yield {
                    "id": s.id,
                    "recording": name,
                    "end": s.speech_end,
                    "text": s.text,
                    "speaker": s.speaker,
                }

    write_rows(target / _ROWS, rows())


def read_recordings(folder: Path) -> dict[str, list[Row]]:
    """Of each recording its segments by end: rows of `id`, `end` (seconds, of the words), `text`
    and `speaker` (as in the manifest)."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in read_rows(folder / _ROWS):
        found[row["recording"]].append(row)
    return dict(found)


def samples_of(folder: Path, recording: str) -> np.ndarray:
    """float32 at 16 kHz, shape (samples,)."""
    samples, _ = soundfile.read(str(audio_path(folder, recording)), dtype="float32")
    return np.asarray(samples)
