"""Decode audio files of any container, rate, depth and number of channels to 16 kHz mono.

libsndfile reads WAV, AIFF, FLAC, Ogg and related formats, FFmpeg the others. Files are identified
by content and decoded in blocks. Faults of recorders are repaired where that is safe, each with a
notice. Messages of the libraries may contain file names: they are only mapped to a reason, never
passed on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np

from stages.common.audio.blocks import Block, Check, Facts
from stages.common.audio.containers import has_sound_beyond, missing_bytes
from stages.common.audio.formats import fits_extension
from stages.common.audio.mending import remove_offset
from stages.common.audio.mixing import SpeakerTurn
from stages.common.audio.read_ffmpeg import ffmpeg_blocks
from stages.common.audio.read_libsndfile import libsndfile_blocks
from stages.common.audio.samples import Samples, peak_of
from stages.common.audio.streams import combine_streams
from stages.common.audio.track import check_complete, read_track
from stages.common.core.rejections import RecordingRejected


@dataclass(frozen=True)
class Decoded:
    samples: Samples
    """Shape (samples,), 16 kHz, in [-1, 1]."""
    notices: list[str]
    """Keys of `rejections.NOTICE`."""
    turns: list[SpeakerTurn] = field(default_factory=list)
    """Who speaks when, if each speaker has a channel or a stream; else empty."""


def decode(path: Path, check: Check = lambda seconds: None) -> Decoded:
    """Decode the whole file to 16 kHz mono; channels are averaged, unless that loses speech.

    check: see `decode_file`.

    Raises: RecordingRejected with the reason audio_empty, audio_unreadable, audio_undecodable,
        audio_truncated, audio_too_long, audio_silent, audio_nan or no_file.
    """
    try:
        if path.exists() and not path.is_file():  # opening a pipe hangs
            raise RecordingRejected("no_file")
        with path.open("rb") as file:
            return decode_file(file, path.suffix, check)
    except OSError:
        raise RecordingRejected("audio_unreadable") from None


def decode_file(
    file: BinaryIO, suffix: str, check: Check = lambda seconds: None, even_empty: bool = False
) -> Decoded:
    """`decode` for an open file.

    Args:
        suffix: of its name, with the dot.
        check: called with the seconds decoded so far, several times a second of audio; it may raise
            an exception. The count starts again if the file has to be read again.
        even_empty: decode a long file that is too small to hold speech, too, instead of rejecting
            it as audio_silent.

    Raises: RecordingRejected as `decode`.
    """
    size = file.seek(0, 2)
    if size == 0:
        raise RecordingRejected("audio_empty")
    missing = missing_bytes(file, size)
    beyond = has_sound_beyond(file, size)

    def read(stream: int, facts: Facts) -> Iterator[Block]:
        facts.bytes = 0 if even_empty else size
        blocks = None if stream or beyond else libsndfile_blocks(file, size, facts)
        return ffmpeg_blocks(file, stream, facts, beyond) if blocks is None else blocks

    track = read_track(partial(read, 0), check)
    check_complete(track, missing / size)
    combined = combine_streams(track, read, check)
    notices = combined.notices
    if missing or track.facts.failed:
        notices.add("audio_tail_missing")
    if beyond:
        notices.add("audio_size_wrong")
    if not fits_extension(track.facts.format, suffix):
        notices.add("audio_wrong_extension")
    samples = combined.samples
    if remove_offset(samples):
        notices.add("audio_offset")
    peak = peak_of(samples)  # above 1 where a float file or the resampler exceeds full scale
    if peak > 1:
        samples /= np.float32(peak)
    return Decoded(samples, sorted(notices), combined.turns)
