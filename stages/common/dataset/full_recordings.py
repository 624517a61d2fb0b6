"""Full recordings of the test split, stored beside its clips: audio and complete reference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

from stages.common.audio.samples import Pcm16, Samples, read_flac, write_flac
from stages.common.core.files import Row, stream_rows, write_rows
from stages.common.core.manifest import Segment, audio_path

_ROWS = "segments.jsonl"

ReadAudio = Callable[[str], Pcm16]
"""Recording -> its audio."""


def save_recordings(target: Path, segments: Iterable[Segment], read_audio: ReadAudio) -> None:
    """Write recordings to the folder `target` with all their segments, those of no clip too.

    segments: all of the selected recordings, those of a recording together.
    """
    (target / "audio").mkdir(parents=True)

    def rows() -> Iterator[Row]:
        for name, those in groupby(segments, key=lambda s: s.recording):
            write_flac(audio_path(target, name), read_audio(name))
            for s in sorted(those, key=lambda s: (s.speech_end, s.speech_start)):
                row = {"id": s.id, "recording": name, "end": s.speech_end, "text": s.text}
                yield row | {"speaker": s.speaker}

    write_rows(target / _ROWS, rows())


def read_recordings(folder: Path) -> dict[str, list[Row]]:
    """Recording -> its segments by end: rows of `id`, `end` (seconds, of the words), `text` and
    `speaker` (as in the manifest)."""
    rows = groupby(stream_rows(folder / _ROWS), key=lambda row: str(row["recording"]))
    return {recording: list(group) for recording, group in rows}


def samples_of(folder: Path, recording: str) -> Samples:
    return read_flac(audio_path(folder, recording))
