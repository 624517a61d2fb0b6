"""The model, shared by all requests, which take turns decoding."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace

import ctranslate2
from faster_whisper import WhisperModel
from faster_whisper.transcribe import Segment
from joblib import cpu_count

from service.errors import ApiError
from service.settings import Settings
from service.turns import Turns
from stages.common.asr.decoding import Decoding, decoding_of
from stages.common.asr.long_form import long_form_segments
from stages.common.asr.model import check_converted, choose_device, open_model
from stages.common.asr.trial import try_out
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.core.errors import UserError

_DEFAULT = "default"
"""CTranslate2's name for the type of the weights, or the nearest that the device supports."""
_WINDOWS_PER_TURN = 2
"""Two keep the wait of a short recording to about a second; more would be no faster on a CPU."""
_SHORT_SECONDS = 120
"""Recordings whose voice activity is detected in a moment: these do not wait for longer ones."""


@dataclass(frozen=True)
class Decoder:
    """Decodes one request, with the model that was in use when it began."""

    model: WhisperModel
    decoding: Decoding
    turns: Turns
    preparing: Turns

    def segments(
        self, samples: Samples, prompt: str | None, check: Callable[[], None]
    ) -> Generator[Segment, None, None]:
        """Decode a recording as `evaluate` does, apart from a prompt.

        Args:
            samples: float32 at 16 kHz, shape (samples,).
            check: called before each turn; it may raise an exception.
        """

        @contextmanager
        def turn() -> Iterator[None]:
            with self.turns:
                check()
                yield

        # Voice activity and features take a core for seconds per hour of audio.
        short = len(samples) < _SHORT_SECONDS * SAMPLE_RATE
        with nullcontext() if short else self.preparing:
            check()
            segments = long_form_segments(
                self.model, samples, self.decoding,
                batch_size=_WINDOWS_PER_TURN, prompt=prompt, turn=turn,
            )  # fmt: skip
        del samples
        yield from segments


class Engine:
    def __init__(self, settings: Settings) -> None:
        """Raises: UserError if the model cannot be opened, or does not decode."""
        self._settings = settings
        self._model = self._opened()
        self._turns = Turns(self._model[0].model.num_workers)
        self._preparing = Turns(cpu_count())
        self._reloading = threading.Lock()

    def reload(self) -> None:
        """Reload the model once it has passed the trial. Running requests finish on the old one.

        Raises: UserError as the constructor, and ApiError (409) during another reload; the
            old model stays.
        """
        if not self._reloading.acquire(blocking=False):
            raise ApiError(409, "the model is being reloaded already")
        try:
            self._model = self._opened()
        finally:
            self._reloading.release()

    def decoder(self, language: str | None) -> Decoder:
        """language: Whisper's code; None: `build_dataset.language`.

        Raises: ApiError (400) if the model does not know it.
        """
        model, decoding = self._model
        chosen = language or decoding.language
        known = chosen in model.supported_languages
        # faster-whisper's list also has a language that only the latest models know.
        if known and model.model.is_multilingual:
            known = model.hf_tokenizer.token_to_id(f"<|{chosen}|>") is not None
        if not known:
            raise ApiError(
                400, "the model does not know this language; send its code, such as en",
                param="language", code="unknown_language",
            )  # fmt: skip
        own = replace(decoding, language=chosen)
        return Decoder(model, own, self._turns, self._preparing)

    def _opened(self) -> tuple[WhisperModel, Decoding]:
        settings, folder = self._settings, self._settings.model
        if not folder.is_dir():
            raise UserError(f"{folder} does not exist yet; run `dvc repro`, or set WHISPER_MODEL")
        check_converted(folder)
        device = choose_device(settings.device)
        compute_type = supported_type(settings.compute_type, device)
        # In a separate process: a damaged model may crash it with a signal.
        try_out(folder, str(folder), device, compute_type)
        try:
            model = open_model(folder, device, compute_type)
        except (RuntimeError, ValueError) as error:  # such as out of memory
            raise UserError(f"{folder}: it cannot be opened ({type(error).__name__})") from None
        return model, decoding_of(settings.params, model)


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
