"""The manifest that the data stages exchange: one JSON line per recording and per segment.

`recordings.jsonl` is sorted by id, `segments.jsonl` by recording and start. Times are seconds from
the start of the recording. `data/segments` holds the audio as well, as `audio/<recording>.flac`
(16 kHz, mono, 16 bit); `data/normalized` holds the gain to apply to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from stages.common.core.files import stream_rows, write_rows

RECORDINGS_METRICS = "recordings_metrics.jsonl"
"""In `data/segments`: the quality of each recording, see stages/segment/metrics.py."""
Use = Literal["all", "train"]
"""The splits that a recording may be in: any of the three, or training alone."""


@dataclass(frozen=True)
class Recording:
    id: str
    group: str
    """Unit of the split: the client's id, or the recording's own where no client is named."""
    seconds: float
    speech: list[tuple[float, float]]
    """(start, end) of each speech interval of the voice activity detector."""
    speech_rms: float
    """RMS over speech, see stages/common/audio/level.py; 1.0 is full scale."""
    peak: float
    """Largest absolute sample; 1.0 is full scale."""
    lost: list[tuple[float, float]] = field(default_factory=list)
    """(start, end) of each cue that is in no segment: speech without a text to train on."""
    gain_db: float = 0.0
    """Gain to apply when the audio is read; set by `normalize`."""
    turns: list[tuple[float, float, int]] = field(default_factory=list)
    """(start, end, channel) of each turn if each speaker has a channel, else empty."""
    roles: dict[str, str] = field(default_factory=dict)
    """Channel of `turns` -> its speaker in the transcript, for channels with a clear one."""
    use: Use = "all"
    """Its `use` in sessions.csv."""
    corpus: str = ""
    """Its `corpus` there: a name in corpora.py; "" for the team's own recordings."""


@dataclass(frozen=True)
class Segment:
    id: str
    """`<recording>-<number>`, numbered by start."""
    recording: str
    start: float
    end: float
    speech_start: float
    """Start of the first word; from `start` to here is padding."""
    speech_end: float
    """End of the last word."""
    text: str
    """From `normalize` on, the label in the style of `normalize.style`."""
    speaker: str
    """The role in the transcript; "" where it has none."""
    score: float | None = None
    """Agreement of the text with the aligner's hypothesis, 0 to 1; None if it was not checked."""
    confidence: float | None = None
    """Mean confidence of the aligner in its hypothesis, 0 to 1; None as above."""
    written: str = ""
    """The text as typed, without what decoding suppresses; "" if the transcripts have no case and
    punctuation. Set by `normalize`."""
    after_untranscribed: bool = False
    """Speech without a text lies between the segment before it and this one."""

    @property
    def seconds(self) -> float:
        return self.end - self.start


def audio_path(folder: Path, recording: str) -> Path:
    return folder / "audio" / f"{recording}.flac"


def write_manifest(
    folder: Path, recordings: Iterable[Recording], segments: Iterable[Segment]
) -> None:
    write_rows(folder / "recordings.jsonl", map(asdict, sorted(recordings, key=lambda r: r.id)))
    # By number, not by id: the ten-thousandth has one digit more.
    order = sorted(segments, key=lambda s: (s.recording, len(s.id), s.id))
    write_rows(folder / "segments.jsonl", map(asdict, order))


def read_recordings(folder: Path) -> Iterator[Recording]:
    """Recordings in the order of the file, one at a time."""
    for row in stream_rows(folder / "recordings.jsonl"):
        tuples = {
            name: [tuple(item) for item in row.get(name, [])]
            for name in ("speech", "lost", "turns")
        }
        yield Recording(**row | tuples)


def read_segments(folder: Path) -> Iterator[Segment]:
    """Segments in the order of the file, one at a time: by recording and start."""
    return (Segment(**row) for row in stream_rows(folder / "segments.jsonl"))
