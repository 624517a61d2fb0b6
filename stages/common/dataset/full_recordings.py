"""The test side's recordings as a whole, beside its clips: audio, and all that is said in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
import soundfile

from stages.common.audio.samples import Pcm16, write_flac
from stages.common.core.files import Row, read_rows, write_rows
from stages.common.core.manifest import Segment, audio_path

_ROWS = "segments.jsonl"

ReadAudio = Callable[[str], Pcm16]
"""Recording -> its audio at the level of the dataset."""


def save_recordings(target: Path, segments: Iterable[Segment], read_audio: ReadAudio) -> None:
    """Recordings with all their segments' words, those too that no clip holds.

    Args:
        target: folder that receives the audio and the segments.
        segments: all segments of the selected recordings, those of a recording together.
        read_audio: called once for each recording.
    """
    (target / "audio").mkdir(parents=True)

    def rows() -> Iterator[Row]:
        for name, those in groupby(segments, key=lambda s: s.recording):
            write_flac(audio_path(target, name), read_audio(name))
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
