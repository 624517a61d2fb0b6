"""The model, shared by all requests: one step of decoding at a time each, in turn."""

from __future__ import annotations

import threading
from collections.abc import Generator
from pathlib import Path

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.transcribe import Segment

from service.settings import Settings
from service.turns import Turns
from stages.common.asr.long_form import long_form_segments
from stages.common.asr.model import open_model
from stages.common.audio.samples import SAMPLE_RATE, Samples

_WINDOWS_PER_STEP = 2
"""A request gives up its turn after so many windows of up to 30 s, so that a long recording holds
up a short one for a second. More at once are no faster on a CPU."""


class Engine:
    def __init__(self, settings: Settings) -> None:
        """Raises: UserError if the model cannot be opened."""
        self._settings = settings
        self._model = self._opened(settings.model)
        self._turns = Turns(self._model.model.num_workers)
        self._reloading = threading.Lock()
        self._detecting = threading.Lock()

    def reload(self, folder: Path | None = None) -> None:
        """Replace the model by that in `folder`, after it has transcribed a probe. Requests end
        with the model that they began with.

        Raises: UserError if the model cannot be opened; the old one stays.
        """
        with self._reloading:
            self._model = self._opened(folder or self._settings.model)

    def segments(
        self, samples: Samples, language: str, prompt: str | None, temperature: float
    ) -> Generator[Segment, None, None]:
        """Decode a recording as `evaluate` does, apart from `prompt` and `temperature`.

        samples: float32 at 16 kHz, shape (samples,).
        """
        settings, model = self._settings, self._model
        with self._detecting:  # Voice activity detection takes a core for seconds.
            segments = long_form_segments(
                model, samples, language, settings.evaluate,
                batch_size=_WINDOWS_PER_STEP, prompt=prompt, temperature=temperature,
            )  # fmt: skip
        while True:
            with self._turns:
                segment = next(segments, None)
            if segment is None:
                return
            yield segment

    def _opened(self, folder: Path) -> WhisperModel:
        settings = self._settings
        model = open_model(folder, settings.device, settings.compute_type)
        probe = np.zeros(SAMPLE_RATE, np.float32)
        list(long_form_segments(model, probe, settings.language, settings.evaluate))
        return model
