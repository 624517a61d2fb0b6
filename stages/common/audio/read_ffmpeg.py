"""Blocks of files in any other container, by FFmpeg through PyAV: frames at their own times."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from stages.common.audio.blocks import Block, Facts, even_blocks, is_plausible
from stages.common.audio.formats import CONTAINERS, format_name
from stages.common.audio.ogg import FileWindow
from stages.common.audio.samples import Samples
from stages.common.audio.timeline import MAX_GAP, Timeline
from stages.common.core.rejections import RecordingRejected

_TIMED = {"matroska", "mov", "mpegts"}
"""Formats that give each frame a time; the others' are counted from the samples."""
_GUESSED_LENGTH = {"aac", "mp3", "amr"}
"""FFmpeg estimates the length of these formats from the bit rate."""


def ffmpeg_blocks(
    file: BinaryIO, number: int, facts: Facts, to_the_end: bool = False
) -> Iterator[Block]:
    """Blocks of a tenth of a second of one audio stream; `facts` is filled in.

    Args:
        file: not closed.
        number: of the audio stream, from 0.
        to_the_end: read a WAV file to its end, whatever its header states.

    Raises: RecordingRejected(audio_undecodable).
    """
    return even_blocks(_frames(file, number, facts, to_the_end))


def _frames(file: BinaryIO, number: int, facts: Facts, to_the_end: bool) -> Iterator[Block]:
    import av  # takes half a second, and most data never needs it

    window = FileWindow(file, 0, file.seek(0, io.SEEK_END))
    options = {"format_whitelist": CONTAINERS}
    if to_the_end:
        options["ignore_length"] = "1"
    try:
        container: Any = av.open(window, "r", options=options, metadata_errors="ignore")
    except (av.FFmpegError, ValueError):
        raise RecordingRejected("audio_undecodable") from None
    with container:
        if not container.streams.audio:
            raise RecordingRejected("audio_undecodable")
        audio = container.streams.audio[number]
        if audio.codec_context is None:
            raise RecordingRejected("audio_undecodable")
        facts.format = format_name(container.format.name)
        facts.streams = len(container.streams.audio)
        zero = _start_of(container, facts.format)
        if not to_the_end:
            facts.stated_seconds = _stated_seconds(container, audio, facts.format, zero)
        timeline = Timeline(zero)
        timed = facts.format in _TIMED
        try:
            for frame in container.decode(audio):
                if not is_plausible(frame.sample_rate, len(frame.layout.channels)):
                    raise RecordingRejected("audio_undecodable")
                samples = _frame_samples(frame)
                if timed:
                    yield from _silence(timeline, frame, samples)
                yield samples, frame.sample_rate
        except (av.FFmpegError, ValueError):
            facts.failed = True
            # A transport stream may be cut anywhere: its last frame is then damaged, and FFmpeg
            # fails only at the end of the file.
            if facts.format == "mpegts" and not facts.stated_seconds and not window.read(1):
                facts.stated_seconds = timeline.position
        if timeline.filled:
            facts.notices.add("audio_gaps")
        if timeline.restarted:
            facts.notices.add("audio_clock_set")


def _start_of(container: Any, form: str) -> float:
    """Container time of the recording's start, in seconds.

    MPEG-TS counts from anywhere, and so does a file that was captured from a live stream.
    """
    start = (container.start_time or 0) / 1_000_000
    return start if form == "mpegts" or start > MAX_GAP else 0.0


def _stated_seconds(container: Any, audio: Any, form: str, zero: float) -> float:
    """Length of the stream from `zero` on; 0 if none is stated, or only that of the video."""
    alone = len(container.streams) == 1
    # With several streams, FFmpeg gives one that starts late the length of the whole container.
    if form in _GUESSED_LENGTH or (form in ("matroska", "mpegts") and not alone):
        return 0.0
    if audio.duration and form in _TIMED:
        return float(((audio.start_time or 0) + audio.duration) * audio.time_base) - zero
    if audio.duration:
        return float(audio.duration * audio.time_base)
    return float(container.duration / 1_000_000) - zero if container.duration and alone else 0.0


def _silence(timeline: Timeline, frame: Any, samples: Samples) -> Iterator[Block]:
    """Zeros up to the frame's own time, in pieces of at most a second."""
    start = None if frame.pts is None else float(frame.pts * frame.time_base)
    missing = timeline.silence_before(start, len(samples) / frame.sample_rate)
    left = round(missing * frame.sample_rate)
    while left > 0:
        piece = min(left, frame.sample_rate)
        yield np.zeros((piece, samples.shape[1]), np.float32), frame.sample_rate
        left -= piece


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
