"""Blocks of WAV, AIFF, FLAC, Ogg and related files, by libsndfile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import soundfile

from stages.common.audio.blocks import BLOCKS_A_SECOND, Block, Facts, is_plausible
from stages.common.audio.formats import LIBSNDFILE_MAGIC, format_name
from stages.common.audio.ogg import CAPTURE, FileWindow, count_audio_streams, find_links
from stages.common.core.rejections import RecordingRejected

_STREAMED_FRAMES = 1 << 40
"""A streamed Ogg or FLAC file states the largest number as its length."""


def libsndfile_blocks(file: BinaryIO, size: int, facts: Facts) -> Iterator[Block] | None:
    """Blocks of the whole file, all links of a chained Ogg file included; `facts` is filled in.

    Args:
        file: at any position; not closed.
        size: of the file in bytes.

    Returns: None if libsndfile does not read the file or only one of its streams, or finds no sound
        where FFmpeg may: it takes a length of 0 in a streamed header literally.

    Raises (the blocks): RecordingRejected(audio_undecodable).
    """
    file.seek(0)
    magic = file.read(4)
    if magic not in LIBSNDFILE_MAGIC:
        return None
    links = [(0, size)]
    if magic == CAPTURE:
        if count_audio_streams(file, size) > 1:
            return None
        links = find_links(file, size)
    sound = _open(FileWindow(file, *links[0]))
    if sound is None or not sound.frames:
        return None
    return _blocks(file, links, sound, facts)


def _open(file: Any) -> Any:
    try:
        return soundfile.SoundFile(file)
    except (soundfile.SoundFileError, ValueError):
        return None


def _blocks(
    file: BinaryIO, links: list[tuple[int, int]], sound: Any, facts: Facts
) -> Iterator[Block]:
    facts.format = format_name(sound.format)
    if len(links) > 1:
        facts.notices.add("audio_joined")
    for number, link in enumerate(links):
        if number:
            sound = _open(FileWindow(file, *link))
        if sound is None:
            facts.failed = True
            return
        with sound:
            yield from _sound_blocks(sound, facts)
        if facts.failed:
            return


def _sound_blocks(sound: Any, facts: Facts) -> Iterator[Block]:
    if not is_plausible(sound.samplerate, sound.channels):
        raise RecordingRejected("audio_undecodable")
    if sound.frames < _STREAMED_FRAMES:
        facts.stated_seconds += sound.frames / sound.samplerate
    if sound.subtype in ("PCM_U8", "PCM_S8"):
        facts.full_scale = 127 / 128
    frames = max(1, sound.samplerate // BLOCKS_A_SECOND)
    while True:
        try:
            block = sound.read(frames, dtype="float32", always_2d=True)
        except soundfile.SoundFileError:
            facts.failed = True
            return
        if not len(block):
            return
        yield block, sound.samplerate
