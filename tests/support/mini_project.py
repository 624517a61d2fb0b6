"""A project without code: parameters, a key and a sessions folder, which a test fills.

`segment` and `normalize` run in it within the test's process; tests/support/dvc_project.py has a
project for the real dvc.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile
import yaml

from attune.speak.espeak import Voice, speak
from stages.common.core.errors import UserError
from stages.common.core.files import read_rows
from stages.common.core.ids import recording_id
from stages.normalize import __main__ as normalize
from stages.segment import __main__ as segment

KEY = b"a test's key, 16 bytes or more"
SEGMENT = {
    "min_seconds": 1.0,
    "max_seconds": 30.0,
    "pad_seconds": 0.2,
    "vad_threshold": 0.5,
    "aligner": "models/base-ct2",
    "window_seconds": 28.0,
    "min_score": 0.25,
    "check": "none",
    "mend_times": False,
    "backend": "loky",
    "scheduler": "",
}
NORMALIZE = {"style": "spoken", "level_dbfs": -22.0}
WORDS = "Xylophone quokka"
"""Words that no message, metric or id may hold."""
PARAMS = Path(__file__).parents[2] / "params.yaml"


@cache
def voice() -> npt.NDArray[np.float32]:
    """Three seconds of synthetic speech, then one of silence; 16 kHz, shape (64000,)."""
    speech = speak("I have been sleeping badly since the move, and work is hard.", Voice("en"))
    samples = np.zeros(4 * 16_000, np.float32)
    samples[: min(len(speech), 48_000)] = speech[:48_000]
    return samples


def tone(seconds: float, rate: int = 16_000, channels: int = 1) -> npt.NDArray[np.float32]:
    """440 Hz at a fifth of full scale, shape (samples, channels)."""
    at = np.arange(round(seconds * rate)) / rate
    wave = 0.2 * np.sin(2 * np.pi * 440 * at)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def srt(*cues: tuple[float, float, str]) -> str:
    """SubRip with a cue for each (start, end, text), in seconds."""
    return "\n".join(
        f"{number}\n{stamp(start)} --> {stamp(end)}\n{text}\n"
        for number, (start, end, text) in enumerate(cues, 1)
    )


def stamp(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d},{rest % 1000:03d}"


@dataclass(frozen=True)
class SegmentRun:
    """Outputs of a run of `segment`."""

    metrics: dict[str, Any]
    fault: str = ""
    """Text of the UserError that ended it."""
    recordings: list[dict[str, Any]] = field(default_factory=list)
    segments: list[dict[str, Any]] = field(default_factory=list)
    quality: list[dict[str, Any]] = field(default_factory=list)
    """Rows of `recordings_metrics.jsonl`."""

    @property
    def texts(self) -> list[str]:
        return [row["text"] for row in self.segments]


@dataclass(frozen=True)
class MiniProject:
    root: Path

    @property
    def sessions(self) -> Path:
        return self.root / "sessions"

    def prepare(self) -> None:
        """Make the empty sessions folder, the key and params.yaml."""
        for part in ("audio", "transcripts"):
            (self.sessions / part).mkdir(parents=True)
        (self.root / "key").write_bytes(KEY)
        self.params()

    def params(self, **sections: dict[str, Any]) -> None:
        """The repository's parameters, with the given sections in place of its own."""
        given = yaml.safe_load(PARAMS.read_text(encoding="utf-8"))
        given |= {"segment": SEGMENT, "normalize": NORMALIZE}
        given["data"] = {"sessions": str(self.sessions), "key": str(self.root / "key")}
        (self.root / "params.yaml").write_text(yaml.safe_dump(given | sections), encoding="utf-8")

    def audio(
        self, name: str, samples: Any = None, rate: int = 16_000, subtype: str | None = None,
        form: str | None = None,
    ) -> Path:  # fmt: skip
        """Write an audio file, of `voice()` by default; `form` is soundfile's name of a format."""
        path = self.sessions / "audio" / name
        with path.open("wb") as file:
            soundfile.write(
                file,
                voice() if samples is None else samples,
                rate,
                subtype=subtype,
                format=form or path.suffix[1:].upper(),
            )
        return path

    def raw(self, name: str, data: bytes) -> Path:
        path = self.sessions / "audio" / name
        path.write_bytes(data)
        return path

    def add_long_recording(self, samples: Any, aligner: Path) -> None:
        """`long.wav`, still without a transcript, and the model that is to align it."""
        self.params(segment=SEGMENT | {"aligner": str(aligner)})
        self.audio("long.wav", samples)

    def transcript(self, name: str, content: str | bytes = WORDS) -> Path:
        path = self.sessions / "transcripts" / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def valid(self, stem: str = "good") -> str:
        """Write a recording without fault, so that something is kept. Returns: its id."""
        self.audio(f"{stem}.wav")
        self.transcript(f"{stem}.txt", "a recording without fault")
        return recording_id(KEY, stem)

    def segment(self) -> SegmentRun:
        """Run the stage; a UserError is part of the result."""
        fault = ""
        shutil.rmtree(self.root / "metrics", ignore_errors=True)
        try:
            segment.main()
        except UserError as error:
            fault = str(error)
        path = self.root / "metrics" / "segment.json"
        metrics = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        out = self.root / "data" / "segments"
        if fault:
            return SegmentRun(metrics, fault)
        rows = (
            read_rows(out / f"{name}.jsonl")
            for name in ("recordings", "segments", "recordings_metrics")
        )
        return SegmentRun(metrics, "", *rows)

    def normalize(self) -> dict[str, Any]:
        normalize.main()
        text = (self.root / "metrics" / "normalize.json").read_text(encoding="utf-8")
        metrics: dict[str, Any] = json.loads(text)
        return metrics
