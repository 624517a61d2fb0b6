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
    """Decodes as many uploads at once as there are cores: their length is not known before."""

    def __init__(self, most_seconds: float) -> None:
        self._most_seconds = most_seconds
        self._turns = Turns(cpu_count())

    def __call__(self, file: BinaryIO, suffix: str) -> Samples:
        """16 kHz mono, shape (samples,). suffix: of the file's name, with the dot.

        Raises: RequestRefused (413, 400).
        """
        try:
            with self._turns, file:
                return decode_file(file, suffix, self._most_seconds).samples
        except RecordingRejected as error:
            status = 413 if error.reason == "audio_too_long" else 400
            message = RECORDING[error.reason]
            raise RequestRefused(status, message, param="file", code=error.reason) from None
