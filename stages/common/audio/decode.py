"""Decode audio files of any container, rate, depth and number of channels to 16 kHz mono.

soundfile reads WAV, AIFF, FLAC, Ogg and related formats, PyAV (FFmpeg) the others. Files are
identified by content and decoded in blocks, so that an hour of 48 kHz stereo takes little more
memory than its 16 kHz mono samples. Messages of the libraries may contain file names: they are only
mapped to a reason, never passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from stages.common.audio.containers import missing_bytes
from stages.common.audio.samples import SAMPLE_RATE, Samples, peak_of
from stages.common.core.rejections import RecordingRejected

CLIPPED_SHARE = 0.001
_BLOCKS_A_SECOND = 10
"""Short blocks, since a block is lost as a whole where the decoder fails in it."""
_TAIL_SECONDS, _TAIL_SHARE = 0.5, 0.1
"""Tolerated loss at the end. A FLAC file without its last byte loses a whole frame (a quarter of a
second at 16 kHz), and compressed containers state their length no more exactly."""
_MIN_SECONDS = 0.001
"""Times in the manifest are in milliseconds."""
_SOUNDFILE_READS = {b"RIFF", b"RIFX", b"RF64", b"riff", b"FORM", b"fLaC", b"OggS", b"caff", b".snd"}
"""Magic numbers of files for libsndfile. It reads MP3 too, but prints errors to stderr."""
_MAX_SAMPLE_RATE = 1_000_000
"""A damaged header may state 2 GHz, and a block of a tenth of a second fill the memory."""
CONTAINERS = "mov,mp4,matroska,webm,aac,ogg,mp3,wav,w64,flac,aiff,caf,au,asf,amr,avi,3gp,mpegts"
"""Formats that FFmpeg may detect. Without a limit it also detects playlists, which open other files
and network addresses."""
_GUESSED_LENGTH = {"aac", "mp3", "amr"}
"""FFmpeg estimates the length of these formats from the bit rate."""

FORMATS = {
    "aac": ("aac",),
    "aif": ("aiff",), "aifc": ("aiff",), "aiff": ("aiff",),
    "amr": ("amr",),
    "asf": ("asf",), "wma": ("asf",), "wmv": ("asf",),
    "au": ("au",), "snd": ("au",),
    "avi": ("avi",),
    "caf": ("caf",),
    "flac": ("flac", "ogg"),
    "3gp": ("mov",), "m4a": ("mov",), "m4b": ("mov",), "m4v": ("mov",),
    "mov": ("mov",), "mp4": ("mov",),
    "mka": ("matroska",), "mkv": ("matroska",), "weba": ("matroska",), "webm": ("matroska",),
    "mp3": ("mp3",), "mpga": ("mp3",),
    "oga": ("ogg",), "ogg": ("ogg",), "opus": ("ogg",),
    "rf64": ("wav",), "bwf": ("wav",), "wav": ("wav",), "wave": ("wav",),
    "ts": ("mpegts",),
    "w64": ("w64",),
}  # fmt: skip
"""Extension in lower case, without the dot -> formats that may have it."""
_SYNONYMS = {"wavex": "wav", "rf64": "wav"}


@dataclass(frozen=True)
class Decoded:
    samples: Samples
    """Shape (samples,), 16 kHz, in [-1, 1]."""
    notices: list[str]
    """Keys of `rejections.NOTICE`."""


@dataclass
class _Stream:
    """Audio decoded so far, and what the file states about it."""

    check: Callable[[float], None]
    format: str = ""
    blocks: list[Samples] = field(default_factory=list)
    seconds: float = 0.0
    values: int = 0
    """Samples times channels."""
    clipped: int = 0
    """Of `values`, those at full scale."""
    stated_seconds: float = 0.0
    """Length in the header; 0 if it states none."""
    failed: bool = False
    """The decoder failed before the end."""


def decode(path: Path) -> Decoded:
    """Decode the whole file to 16 kHz mono; channels are averaged.

    Raises: RecordingRejected with the reason audio_empty, audio_unreadable, audio_undecodable,
        audio_truncated or audio_nan.
    """
    try:
        with path.open("rb") as file:
            return decode_file(file, path.suffix)
    except OSError:
        raise RecordingRejected("audio_unreadable") from None


def decode_file(
    file: BinaryIO, suffix: str, check: Callable[[float], None] = lambda seconds: None
) -> Decoded:
    """`decode` for an open file.

    Args:
        suffix: of its name, with the dot.
        check: called with the seconds decoded so far, several times a second of audio; it may raise
            an exception.

    Raises: RecordingRejected as `decode`.
    """
    size = file.seek(0, 2)
    if size == 0:
        raise RecordingRejected("audio_empty")
    missing = missing_bytes(file, size)
    stream = _decode(file, check)
    if stream.seconds < _MIN_SECONDS:
        if missing:
            raise RecordingRejected("audio_truncated")
        raise RecordingRejected("audio_undecodable" if stream.failed else "audio_empty")
    lost = missing / size * stream.seconds
    if stream.stated_seconds:
        lost = max(lost, stream.stated_seconds - stream.seconds)
    tolerated = min(_TAIL_SECONDS, _TAIL_SHARE * (stream.seconds + lost))
    if lost > tolerated or (stream.failed and not stream.stated_seconds):
        raise RecordingRejected("audio_truncated")
    notices = []
    if missing or stream.failed:
        notices.append("audio_tail_missing")
    if stream.format not in FORMATS.get(suffix[1:].lower(), ()):
        notices.append("audio_wrong_extension")
    if stream.clipped > CLIPPED_SHARE * stream.values:
        notices.append("audio_clipped")
    samples = np.concatenate(stream.blocks)
    peak = peak_of(samples)  # above 1 where a float file or the resampler exceeds full scale
    return Decoded(samples if peak <= 1 else samples / np.float32(peak), notices)


def _decode(file: BinaryIO, check: Callable[[float], None]) -> _Stream:
    """Decode with the first library that accepts the file. Raises: RecordingRejected."""
    stream = _Stream(check)
    sound = None
    if file.read(4) in _SOUNDFILE_READS:
        file.seek(0)
        try:
            sound = soundfile.SoundFile(file)
        except (soundfile.SoundFileError, TypeError, ValueError):
            sound = None  # TypeError: its name ends in .raw
    # libsndfile takes a length of 0 in a streamed header literally, FFmpeg reads on.
    if sound is not None and sound.frames:
        _collect(_soundfile_blocks(sound, stream), stream)
    else:
        file.seek(0)
        _collect(_av_blocks(file, stream), stream)
    return stream


def _soundfile_blocks(sound: Any, stream: _Stream) -> Iterator[tuple[Samples, int]]:
    """Blocks of shape (samples, channels), each with its sample rate."""
    with sound:
        stream.format = _SYNONYMS.get(sound.format.lower(), sound.format.lower())
        # A streamed Ogg or FLAC file states the largest number as its length.
        if sound.frames < 1 << 40:
            stream.stated_seconds = sound.frames / sound.samplerate
        # The largest code of 8 bits is 127 of 128.
        full_scale = 127 / 128 if sound.subtype in ("PCM_U8", "PCM_S8") else 32767 / 32768
        if sound.samplerate > _MAX_SAMPLE_RATE:
            raise RecordingRejected("audio_undecodable")
        frames = max(1, sound.samplerate // _BLOCKS_A_SECOND)
        while True:
            try:
                block = sound.read(frames, dtype="float32", always_2d=True)
            except soundfile.SoundFileError:
                stream.failed = True
                return
            if not len(block):
                return
            stream.clipped += int(np.count_nonzero(np.abs(block) >= full_scale))
            yield block, sound.samplerate


def _av_blocks(file: BinaryIO, stream: _Stream) -> Iterator[tuple[Samples, int]]:
    """Frames of the first audio stream, of shape (samples, channels), each with its sample rate."""
    import av  # takes half a second, and most data never needs it

    try:
        # With a mode: PyAV would take the file's, and uploads are open for writing too.
        container: Any = av.open(
            file, "r", options={"format_whitelist": CONTAINERS}, metadata_errors="ignore"
        )
    except (av.FFmpegError, ValueError):
        raise RecordingRejected("audio_undecodable") from None
    with container:
        if not container.streams.audio:
            raise RecordingRejected("audio_undecodable")
        audio = container.streams.audio[0]
        stream.format = container.format.name.split(",")[0]
        if stream.format not in _GUESSED_LENGTH:
            if audio.duration:
                stream.stated_seconds = float(audio.duration * audio.time_base)
            elif container.duration and len(container.streams) == 1:  # else a video may be longer
                stream.stated_seconds = container.duration / 1_000_000
        try:
            for frame in container.decode(audio):
                block = _frame_samples(frame)
                stream.clipped += int(np.count_nonzero(np.abs(block) >= 32767 / 32768))
                yield block, frame.sample_rate
        except (av.FFmpegError, ValueError):
            stream.failed = True


def _frame_samples(frame: Any) -> Samples:
    """A frame of FFmpeg as float32, shape (samples, channels)."""
    values: npt.NDArray[Any] = frame.to_ndarray()
    if not frame.format.is_planar:
        values = values.reshape(-1, len(frame.layout.channels)).T
    if values.dtype == np.uint8:
        values = (values.astype(np.float32) - 128) / 128
    elif values.dtype.kind == "i":
        values = values.astype(np.float64) / -float(np.iinfo(values.dtype).min)
    return values.T.astype(np.float32)


def _collect(blocks: Iterator[tuple[Samples, int]], stream: _Stream) -> None:
    """Average the channels of each block and resample it into `stream`.

    Raises: RecordingRejected(audio_nan), and what `stream.check` raises.
    """
    rate, resampler = 0, None
    for block, block_rate in blocks:
        if not np.isfinite(block).all():
            raise RecordingRejected("audio_nan")
        if block_rate != rate:  # once in most files; some broadcasts change their rate
            _flush(resampler, stream)
            rate = block_rate
            resampler = None
            if rate != SAMPLE_RATE:
                resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, "float32", "HQ")
        stream.values += block.size
        stream.seconds += len(block) / rate
        stream.check(stream.seconds)
        mono = block.mean(axis=1, dtype=np.float32) if block.shape[1] > 1 else block[:, 0].copy()
        stream.blocks.append(resampler.resample_chunk(mono) if resampler else mono)
    _flush(resampler, stream)


def _flush(resampler: Any, stream: _Stream) -> None:
    if resampler:
        stream.blocks.append(resampler.resample_chunk(np.zeros(0, np.float32), last=True))
