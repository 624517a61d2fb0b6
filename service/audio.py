"""Audio of an upload, decoded in memory."""

from __future__ import annotations

from typing import BinaryIO

from joblib import cpu_count

from service.errors import RequestRefused
from service.turns import Turns
from stages.common.audio.decode import decode_file
from stages.common.audio.samples import Samples
from stages.common.core.rejections import RECORDING, RecordingRejected


class AudioReader:
    """Decodes at most one upload per core at a time: a small file can be hours of audio, and its
    length is known only once it is decoded."""

    def __init__(self, max_seconds: float) -> None:
        self._max_seconds = max_seconds
        self._turns = Turns(cpu_count())

    def __call__(self, file: BinaryIO, suffix: str) -> Samples:
        """16 kHz mono, shape (samples,). suffix: of the file's name, with the dot.

        Raises: RequestRefused (413, 400).
        """
        try:
            with self._turns, file:
                return decode_file(file, suffix, self._max_seconds).samples
        except RecordingRejected as error:
            status = 413 if error.reason == "audio_too_long" else 400
            message = RECORDING[error.reason]
            raise RequestRefused(status, message, param="file", code=error.reason) from None
