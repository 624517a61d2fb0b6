"""Audio of an upload, decoded in memory."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import BinaryIO

from joblib import cpu_count

from service.errors import ApiError
from service.turns import Turns
from stages.common.audio.decode import decode_file
from stages.common.audio.samples import Samples
from stages.common.core.rejections import RECORDING, RecordingRejected

_SMALL_BYTES = 4_000_000
"""Decoded in a moment, unless it is hours of silence."""


class AudioReader:
    """Decodes at most one large upload per core at a time; a small one does not wait."""

    def __init__(self) -> None:
        self._turns = Turns(cpu_count())

    def __call__(self, file: BinaryIO, suffix: str, check: Callable[[float], None]) -> Samples:
        """16 kHz mono, shape (samples,). Closes the file.

        Args:
            suffix: of the file's name, with the dot.
            check: see `decode_file`.

        Raises: ApiError (400, 413), and what `check` raises.
        """
        turn = nullcontext() if file.seek(0, 2) < _SMALL_BYTES else self._turns
        try:
            with file, turn:
                return decode_file(file, suffix, check, even_empty=True).samples
        except RecordingRejected as error:
            message = RECORDING[error.reason]
            status = 413 if error.reason == "audio_too_long" else 400
            raise ApiError(status, message, param="file", code=error.reason) from None
