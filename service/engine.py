"""The model, shared by all requests, which take turns decoding."""

from __future__ import annotations

import threading
from collections.abc import Generator
from pathlib import Path

import ctranslate2
from faster_whisper import WhisperModel
from faster_whisper.transcribe import Segment
from joblib import cpu_count

from service.errors import RequestRefused
from service.settings import Settings
from service.turns import Turns
from stages.common.asr.long_form import long_form_segments
from stages.common.asr.model import check_converted, choose_device, open_model
from stages.common.asr.trial import try_out
from stages.common.audio.samples import Samples

_DEFAULT = "default"
"""CTranslate2's name for the type of the weights, or the nearest that the device supports."""
_WINDOWS_PER_STEP = 2
"""Windows decoded per turn. Two keep the wait of a short recording to about a second; more would
be no faster on a CPU."""


class Engine:
    def __init__(self, settings: Settings) -> None:
        """Raises: UserError if the model cannot be opened, or does not decode."""
        self._settings = settings
        self._model = self._opened(settings.model)
        self._turns = Turns(self._model.model.num_workers)
        self._reloading = threading.Lock()
        self._detecting = Turns(cpu_count())

    def reload(self) -> None:
        """Reload the model once it has passed the trial. Running requests finish on the old one.

        Raises: UserError as the constructor; the old model stays.
        """
        with self._reloading:
            self._model = self._opened(self._settings.model)

    def language(self, code: str | None) -> str:
        """The language to transcribe in: `code`, or that of the dataset.

        Raises: RequestRefused (400) if the model does not know it.
        """
        chosen = code or self._settings.language
        if chosen not in self._model.supported_languages:
            raise RequestRefused(
                400, "the model does not know this language; send its code, such as en",
                param="language", code="unknown_language",
            )  # fmt: skip
        return chosen

    def segments(
        self, samples: Samples, language: str, prompt: str | None, temperature: float
    ) -> Generator[Segment, None, None]:
        """Decode a recording as `evaluate` does, apart from `prompt` and `temperature`.

        samples: float32 at 16 kHz, shape (samples,).
        """
        settings, model = self._settings, self._model
        with self._detecting:  # Voice activity detection takes a core for seconds per hour.
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
        check_converted(folder)
        # In a process of its own: a damaged model may end it by a signal.
        try_out(folder, str(folder))
        device = choose_device(settings.device)
        compute_type = supported_type(settings.compute_type, device)
        return open_model(folder, device, compute_type)


def supported_type(compute_type: str, device: str) -> str:
    """`compute_type` if the device supports it, else the type of the weights, after a message."""
    known = ctranslate2.get_supported_compute_types(device)
    if compute_type in (_DEFAULT, "auto", *known):
        return compute_type
    print(
        f"serve: WHISPER_COMPUTE_TYPE={compute_type}: this {device} supports only "
        f"{', '.join(sorted(known))}; using the type of the weights",
        flush=True,
    )
    return _DEFAULT
