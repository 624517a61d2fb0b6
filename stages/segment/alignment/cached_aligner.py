"""The aligner's model with a cache of its raw output: reruns transcribe only new audio.

Transcription is nearly all the work of aligning or checking a transcript. The cache holds raw words
and language probabilities, up to three files per recording in `.state/aligner`: a corrected
transcript, another `segment.min_score` or a new rule of the normalizer costs no transcription.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from stages.common.audio.samples import Samples
from stages.common.audio.voice_activity import SpeechInterval
from stages.common.core.cache import key_of
from stages.common.core.files import write_text
from stages.segment.alignment.speech_intervals import utterance_intervals
from stages.segment.alignment.transcribe import (
    IntervalHypothesis,
    decoding_facts,
    language_probabilities,
    open_aligner,
    transcribe_intervals,
)

FORMAT = 3
"""Part of the key, which covers options and package versions but no code. Raise it with every
change to the voice activity detection, stages/common/asr/spans.py or this package that changes
the raw output or its file."""

_PROBABILITIES = TypeAdapter(dict[str, float])
_HYPOTHESES = TypeAdapter(list[IntervalHypothesis])
T = TypeVar("T")
# One model per process, however many recordings it transcribes.
_model = lru_cache(maxsize=1)(open_aligner)


@dataclass(frozen=True)
class CachedAligner:
    """Names its model instead of holding it, since it is sent to the workers."""

    model: Path
    """A CTranslate2 Whisper; absolute, as workers may have another working directory."""
    model_digest: str
    """Digest of the model's files."""
    language: str
    """Whisper's code, as "en"."""
    window_seconds: float
    vad_threshold: float
    cache: Path

    def transcribe(
        self, recording: str, samples: Samples, blocks: Sequence[SpeechInterval] | None = None
    ) -> list[IntervalHypothesis]:
        """The recording's speech intervals with their hypotheses, in order.

        Args:
            recording: its id.
            samples: 16 kHz mono, shape (samples,).
            blocks: (start, end) in seconds of the parts to transcribe; None: all.

        Raises: UserError if a file of the model is missing.
        """
        whole = self.cache / f"{recording}.json", self.key(samples)
        file, key = whole
        hypotheses = _read(*whole, "hypotheses", _HYPOTHESES)
        if hypotheses is None and blocks is not None:
            file, key = self.cache / f"{recording}-blocks.json", key_of([whole[1], blocks])
            hypotheses = _read(file, key, "hypotheses", _HYPOTHESES)
        if hypotheses is None:
            hypotheses = transcribe_intervals(
                _model(self.model),
                samples,
                utterance_intervals(samples, self.vad_threshold),
                self.language,
                self.window_seconds,
                lambda interval: blocks is None or _overlaps(*interval, blocks),
            )
            rows = _HYPOTHESES.dump_python(hypotheses, mode="json")
            write_text(file, json.dumps({"key": key, "hypotheses": rows}))
        # The same from a cache of the whole recording: windows are decoded on their own.
        return [h for h in hypotheses if blocks is None or _overlaps(h.start, h.end, blocks)]

    def language_probabilities(self, recording: str, samples: Samples) -> dict[str, float]:
        """See `transcribe.language_probabilities`; empty if the model is English-only.

        Raises: UserError if a file of the model is missing.
        """
        file, key = self.cache / f"{recording}-language.json", self.key(samples)
        cached = _read(file, key, "probabilities", _PROBABILITIES)
        if cached is not None:
            return cached
        probabilities: dict[str, float] = {}
        model = _model(self.model)
        if model.model.is_multilingual:
            intervals = utterance_intervals(samples, self.vad_threshold)
            probabilities = language_probabilities(model, samples, intervals, self.window_seconds)
        write_text(file, json.dumps({"key": key, "probabilities": probabilities}))
        return probabilities

    def delete_all_but(self, recordings: Iterable[str]) -> None:
        """Delete the cached output of all recordings but these."""
        kept = set(recordings)
        for file in list(self.cache.glob("r*.json")):
            if file.stem.partition("-")[0] not in kept:
                file.unlink(missing_ok=True)

    def key(self, samples: Samples) -> str:
        """Digest of everything that decides the raw output of a recording."""
        options = [self.model_digest, self.language, self.window_seconds, self.vad_threshold]
        sound = hashlib.sha256(samples.data).hexdigest()
        return key_of([FORMAT, *options, decoding_facts(), sound])


def _overlaps(start: float, end: float, blocks: Sequence[SpeechInterval]) -> bool:
    return any(start < stop and begin < end for begin, stop in blocks)


def _read(file: Path, key: str, name: str, kind: TypeAdapter[T]) -> T | None:
    """Cached output; None where there is none, or it is damaged or of another key."""
    try:
        cached = json.loads(file.read_text(encoding="utf-8"))
        return kind.validate_python(cached[name]) if cached["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
