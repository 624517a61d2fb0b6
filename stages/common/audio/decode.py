"""Audio files in, 16 kHz mono out: any container, rate, depth and number of channels.

soundfile reads WAV, AIFF, FLAC, Ogg and their kin, PyAV (FFmpeg) the rest. A file is read by its
content, in blocks, so that an hour of 48 kHz stereo needs little more than its 16 kHz mono samples.
What the libraries say may hold names: it is never passed on, only turned into a reason.
"""

from __future__ import annotations

from collections.abc import Iterator
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
"""A block in which a decoder fails is lost whole: they are kept short."""
_TAIL_SECONDS, _TAIL_SHARE = 0.5, 0.1
"""So much may be missing at the end. FLAC loses a whole frame with its last byte (a quarter of a
second at 16 kHz), and what compressed containers state of their length is no more exact."""
_SHORTEST = 0.001
"""Times are told in milliseconds."""
_SOUNDFILE_READS = {b"RIFF", b"RIFX", b"RF64", b"riff", b"FORM", b"fLaC", b"OggS", b"caff", b".snd"}
"""How files begin that libsndfile gets. It knows MP3 too, but writes about faults to stderr."""
_CONTAINERS = "mov,mp4,matroska,webm,aac,ogg,mp3,wav,w64,flac,aiff,caf,au,asf,amr,avi,3gp,mpegts"
"""What FFmpeg may take a file for. Left to itself it also knows playlists, which open other files
and addresses."""
_GUESSED_LENGTH = {"aac", "mp3", "amr"}
"""FFmpeg guesses these formats' length from the bit rate."""

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
"""Suffix (lower case, without its dot) to the formats that it may name."""
_ALIKE = {"wavex": "wav", "rf64": "wav"}


@dataclass(frozen=True)
class Decoded:
    samples: Samples
    """Shape (samples,), 16 kHz, in [-1, 1]."""
    notices: list[str]
    """Keys of `rejections.NOTICE`."""


@dataclass
class _Heard:
    """What has been decoded so far."""

    format: str = ""
    blocks: list[Samples] = field(default_factory=list)
    seconds: float = 0.0
    values: int = 0
    full: int = 0
    """Of `values` (samples times channels), those at full scale."""
    stated: float = 0.0
    """Seconds that the header states; 0 if it states none."""
    broke: bool = False
    """The decoder gave up before the end."""


def decode(path: Path) -> Decoded:
    """Decode the whole file to 16 kHz mono; channels are averaged.

    Raises: RecordingRejected(audio_empty, audio_unreadable, audio_undecodable, audio_truncated, audio_nan).
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size == 0:
                raise RecordingRejected("audio_empty")
            missing = missing_bytes(file, size)
            heard = _hear(file)
    except OSError:
        raise RecordingRejected("audio_unreadable") from None
    if heard.seconds < _SHORTEST:
        if missing:
            raise RecordingRejected("audio_truncated")
        raise RecordingRejected("audio_undecodable" if heard.broke else "audio_empty")
    lost = missing / size * heard.seconds
    if heard.stated:
        lost = max(lost, heard.stated - heard.seconds)
    tolerated = min(_TAIL_SECONDS, _TAIL_SHARE * (heard.seconds + lost))
    if lost > tolerated or (heard.broke and not heard.stated):
        raise RecordingRejected("audio_truncated")
    notices = []
    if missing or heard.broke:
        notices.append("audio_tail_missing")
    if heard.format not in FORMATS.get(path.suffix[1:].lower(), ()):
        notices.append("audio_wrong_extension")
    if heard.full > CLIPPED_SHARE * heard.values:
        notices.append("audio_clipped")
    return Decoded(_within(np.concatenate(heard.blocks)), notices)


def _within(samples: Samples) -> Samples:
    """Scaled to [-1, 1] where a float file or the resampler went beyond."""
    peak = peak_of(samples)
    return samples if peak <= 1 else samples / np.float32(peak)


def _hear(file: BinaryIO) -> _Heard:
    """Decode with the first library that takes the file. Raises: RecordingRejected."""
    heard = _Heard()
    sound = None
    if file.read(4) in _SOUNDFILE_READS:
        file.seek(0)
        try:
            sound = soundfile.SoundFile(file)
        except (soundfile.SoundFileError, TypeError, ValueError):
            sound = None  # TypeError: its name ends in .raw
    # libsndfile believes a streamed header that says 0, FFmpeg reads on.
    if sound is not None and sound.frames:
        _collect(_soundfile_blocks(sound, heard), heard)
    else:
        file.seek(0)
        _collect(_av_blocks(file, heard), heard)
    return heard


def _soundfile_blocks(sound: Any, heard: _Heard) -> Iterator[tuple[Samples, int]]:
    """(samples, channels) and rate of each block."""
    with sound:
        heard.format = _ALIKE.get(sound.format.lower(), sound.format.lower())
        # An Ogg or FLAC that was streamed has the largest number in place of its length.
        heard.stated = sound.frames / sound.samplerate if sound.frames < 1 << 40 else 0.0
        # The loudest code of unsigned 8 bits is 127 of 128.
        top = 127 / 128 if sound.subtype in ("PCM_U8", "PCM_S8") else 32767 / 32768
        frames = max(1, sound.samplerate // _BLOCKS_A_SECOND)
        while True:
            try:
                block = sound.read(frames, dtype="float32", always_2d=True)
            except soundfile.SoundFileError:
                heard.broke = True
                return
            if not len(block):
                return
            heard.full += int(np.count_nonzero(np.abs(block) >= top))
            yield block, sound.samplerate


def _av_blocks(file: BinaryIO, heard: _Heard) -> Iterator[tuple[Samples, int]]:
    """(samples, channels) and rate of each frame of the first audio stream."""
    import av  # half a second's import that most data never needs

    try:
        container: Any = av.open(
            file, options={"format_whitelist": _CONTAINERS}, metadata_errors="ignore"
        )
    except (av.FFmpegError, ValueError):
        raise RecordingRejected("audio_undecodable") from None
    with container:
        if not container.streams.audio:
            raise RecordingRejected("audio_undecodable")
        stream = container.streams.audio[0]
        first = container.format.name.split(",")[0]
        heard.format = first
        if first not in _GUESSED_LENGTH:
            if stream.duration:
                heard.stated = float(stream.duration * stream.time_base)
            elif container.duration and len(container.streams) == 1:  # else a video may be longer
                heard.stated = container.duration / 1_000_000
        try:
            for frame in container.decode(stream):
                block = _frame_samples(frame)
                heard.full += int(np.count_nonzero(np.abs(block) >= 32767 / 32768))
                yield block, frame.sample_rate
        except (av.FFmpegError, ValueError):
            heard.broke = True


def _frame_samples(frame: Any) -> Samples:
    """A frame of FFmpeg's as float32, shape (samples, channels)."""
    values: npt.NDArray[Any] = frame.to_ndarray()
    if not frame.format.is_planar:
        values = values.reshape(-1, len(frame.layout.channels)).T
    if values.dtype == np.uint8:
        values = (values.astype(np.float32) - 128) / 128
    elif values.dtype.kind == "i":
        values = values.astype(np.float64) / -float(np.iinfo(values.dtype).min)
    return values.T.astype(np.float32)


def _collect(blocks: Iterator[tuple[Samples, int]], heard: _Heard) -> None:
    """Average the channels and resample each block into `heard`. Raises: RecordingRejected(audio_nan)."""
    rate, stream = 0, None
    for block, block_rate in blocks:
        if not np.isfinite(block).all():
            raise RecordingRejected("audio_nan")
        if block_rate != rate:  # once for most files; some broadcasts change it on their way
            _flush(stream, heard)
            rate = block_rate
            stream = None if rate == SAMPLE_RATE else _resampler(rate)
        heard.values += block.size
        heard.seconds += len(block) / rate
        mono = block.mean(axis=1, dtype=np.float32) if block.shape[1] > 1 else block[:, 0].copy()
        heard.blocks.append(stream.resample_chunk(mono) if stream else mono)
    _flush(stream, heard)


def _resampler(rate: int) -> Any:
    return soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32", quality="HQ")


def _flush(stream: Any, heard: _Heard) -> None:
    if stream:
        heard.blocks.append(stream.resample_chunk(np.zeros(0, np.float32), last=True))
