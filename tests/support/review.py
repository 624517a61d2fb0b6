"""A project to review: parameters, a key, recordings, drafts and placed text, without a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import yaml

from attune.draft.drafts import Word
from attune.review.cues import ReviewCue
from attune.review.reviews import Reviews
from attune.review.sources import Source, Sources
from attune.webvtt import write_vtt
from stages.common.audio.samples import SAMPLE_RATE
from stages.common.core.files import write_rows, write_text
from stages.common.core.ids import recording_id
from stages.common.core.manifest import Segment, write_manifest
from stages.common.transcripts.cue import Cue
from tests.support.processes import ROOT

KEY = b"a test's key, 16 bytes or more"


def cue(id_: int, start: float, text: str, speaker: str = "", checked: bool = False) -> ReviewCue:
    """A cue of two seconds."""
    return ReviewCue(id_, start, start + 2.0, speaker, text, checked)


def words_of(cues: Sequence[Cue], doubtful: Mapping[str, float]) -> list[Word]:
    """Words that share the time of each cue; doubtful: word -> its probability, else 0.95."""
    words = []
    for each in cues:
        texts = each.text.split()
        step = (each.end - each.start) / max(1, len(texts))
        for n, text in enumerate(texts):
            start = round(each.start + n * step, 3)
            words.append(Word(start, round(start + step, 3), text, doubtful.get(text, 0.95)))
    return words


@dataclass(frozen=True)
class ReviewProject:
    """`root` must be the working directory of the code under test."""

    root: Path

    @property
    def sessions(self) -> Path:
        return self.root / "sessions"

    @property
    def folder(self) -> Path:
        return self.root / "data/review"

    def prepare(self) -> None:
        for part in ("audio", "transcripts"):
            (self.sessions / part).mkdir(parents=True)
        self.folder.mkdir(parents=True)
        self.prepare_key()
        params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
        params["data"] = {"sessions": "sessions", "key": "key"}
        (self.root / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")

    def prepare_key(self) -> None:
        (self.root / "key").write_bytes(KEY)

    def audio(self, stem: str, samples: Any = None) -> str:
        """A recording of one second of silence, or of these 16 kHz samples. Returns: its id."""
        given = np.zeros(SAMPLE_RATE, np.int16) if samples is None else samples
        soundfile.write(str(self.sessions / "audio" / f"{stem}.wav"), given, SAMPLE_RATE)
        return recording_id(KEY, stem)

    def draft(
        self, stem: str, cues: Sequence[Cue], doubtful: Mapping[str, float] | None = None
    ) -> None:
        folder = self.root / "data/drafts"
        write_text(folder / f"{stem}.vtt", write_vtt(cues))
        rows = map(asdict, words_of(cues, doubtful or {}))
        write_rows(folder / f"{stem}.words.jsonl", rows)

    def transcript(self, name: str, text: str) -> Path:
        path = self.sessions / "transcripts" / name
        path.write_text(text, encoding="utf-8")
        return path

    def placed(self, stem: str, kept: Sequence[Cue], lost: Sequence[tuple[Cue, str]] = ()) -> None:
        """What `segment` made of one recording: segments, and dropped text with its reasons."""
        id_, folder = recording_id(KEY, stem), self.root / "data/segments"
        segments = [
            Segment(f"{id_}-{n}", id_, c.start, c.end, c.start, c.end, c.text, c.speaker, c.score)
            for n, c in enumerate(kept)
        ]
        write_manifest(folder, [], segments)
        rows = ({"recording": id_} | asdict(c) | {"reason": reason} for c, reason in lost)
        write_rows(folder / "lost.jsonl", rows)

    def sources(self, min_score: float = 0.5) -> Sources:
        return Sources(self.sessions, KEY, min_score)

    def source(self, stem: str) -> Source:
        return self.sources().by_id[recording_id(KEY, stem)]

    def reviews(self, clock: Callable[[], float] = lambda: 0.0) -> Reviews:
        """As the server has them after starting."""
        return Reviews(self.sources(), self.sessions, self.folder, clock)
