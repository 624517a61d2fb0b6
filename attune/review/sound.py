"""The audio of recordings as the page plays it: 16 kHz mono WAV, decoded once, with its peaks.

Decoded as `segment` does, so that times agree in every format; WAV, because browsers seek in it to
the sample. The files are in `.state/review` until the server stops.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from threading import Lock

import soundfile

from attune.waveform import peaks
from stages.common.audio.decode import decode
from stages.common.audio.samples import SAMPLE_RATE, to_pcm
from stages.common.core import rejections
from stages.common.core.files import state_folder
from stages.common.core.rejections import RecordingRejected

PEAKS_PER_SECOND = 100


@dataclass(frozen=True)
class Sound:
    wav: Path
    peaks: Path
    """A byte for each peak, see attune/waveform.py."""
    seconds: float


class SoundError(Exception):
    """The recording cannot be played; the message says why, without a name."""


class Sounds:
    """Decodes recordings in two threads: one for the open recording, one in advance."""

    def __init__(self) -> None:
        self._folder = state_folder("review")
        self._folder.mkdir(parents=True, exist_ok=True)
        self._worker = ThreadPoolExecutor(2, "sound")
        self._futures: dict[str, Future[Sound]] = {}
        self._lock = Lock()

    def start(self, audio: Path) -> None:
        """Start decoding in advance."""
        with suppress(OSError):  # `ready` reports it
            self._future(audio)

    def drop(self, audio: Path) -> None:
        """Delete what was decoded."""
        with suppress(OSError), self._lock:
            name = _name(audio)
            self._futures.pop(name, None)
            for path in self._folder.glob(f"{name}.*"):
                path.unlink()

    def ready(self, audio: Path) -> Sound | None:
        """The recording's sound, or None while it is being decoded.

        Raises: SoundError if it cannot be decoded, or the disk is full.
        """
        try:
            future = self._future(audio)
        except OSError:
            raise SoundError("the recording is missing or not readable") from None
        if not future.done():
            return None
        try:
            return future.result()
        except RecordingRejected as rejected:
            raise SoundError(rejections.RECORDING[rejected.reason]) from None
        except OSError:
            with self._lock:  # the next call tries again
                self._futures.pop(_name(audio), None)
            raise SoundError("the decoded audio could not be written; is the disk full?") from None

    def close(self) -> None:
        self._worker.shutdown(wait=True, cancel_futures=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _future(self, audio: Path) -> Future[Sound]:
        name = _name(audio)
        with self._lock:
            if name not in self._futures:
                self._futures[name] = self._worker.submit(self._decode, audio, name)
            return self._futures[name]

    def _decode(self, audio: Path, name: str) -> Sound:
        wav, peaks_path = self._folder / f"{name}.wav", self._folder / f"{name}.peaks"
        if not (wav.is_file() and peaks_path.is_file()):
            samples = decode(audio).samples
            fresh = self._folder / f".{name}.new"
            try:
                soundfile.write(str(fresh), to_pcm(samples), SAMPLE_RATE, "PCM_16", format="WAV")
            except soundfile.LibsndfileError as error:
                fresh.unlink(missing_ok=True)
                raise OSError(str(error)) from None
            peaks_path.write_bytes(peaks(samples, PEAKS_PER_SECOND).tobytes())
            fresh.replace(wav)
        return Sound(wav, peaks_path, soundfile.info(str(wav)).frames / SAMPLE_RATE)


def _name(audio: Path) -> str:
    """A hash that changes with the file and reveals nothing of its name."""
    found = audio.stat()
    if not S_ISREG(found.st_mode):  # a pipe would block the thread that opens it
        raise OSError(errno.EINVAL, "not a file")
    facts = f"{audio.absolute()}\0{found.st_size}\0{found.st_mtime_ns}"
    return hashlib.sha256(facts.encode(errors="surrogateescape")).hexdigest()[:20]
