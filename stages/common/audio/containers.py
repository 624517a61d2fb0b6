"""Does an audio file hold all the bytes that its own header promises?

Decoders accept a file whose copy broke off and hand back what is there. Headers that state no size
(a recorder that streamed, and wrote 0 or the largest number) promise nothing.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

_STREAMED_32 = {0, 0xFFFFFFFF, *range(0x7FFFF000, 0x80000000)}
_OGG_TAIL = 2 * 65_307
"""Twice the largest Ogg page: the last page begins within it."""


def missing_bytes(file: BinaryIO, size: int) -> int:
    """Bytes that the header promises beyond `size`, the file's own length; 0 if whole or unknown.

    Knows WAV, RF64, AIFF, CAF, AU, MP3 with a Xing header, and Ogg. FLAC and MP4 tell by decoding.
    """
    file.seek(0)
    head = file.read(64)
    try:
        end = _promised_end(file, head, size)
    except struct.error:  # the header itself breaks off: the decoder says so
        end = 0
    file.seek(0)
    return max(0, end - size)


def _promised_end(file: BinaryIO, head: bytes, size: int) -> int:
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return _chunked_end(file, size, b"data", 12, "<I", large=_rf64_size(head))
    if head[:4] == b"RIFX":
        return _chunked_end(file, size, b"data", 12, ">I")
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return _chunked_end(file, size, b"SSND", 12, ">I")
    if head[:4] == b"caff":
        return _chunked_end(file, size, b"data", 8, ">q")
    if head[:4] == b".snd":
        start, length = struct.unpack_from(">II", head, 4)
        return 0 if length in _STREAMED_32 else int(start + length)
    if head[:4] == b"OggS":
        return _ogg_end(file, size)
    return _xing_end(file, head)


def _rf64_size(head: bytes) -> int:
    """The 64-bit length of the data chunk, from the `ds64` chunk that comes first in RF64."""
    return int(struct.unpack_from("<Q", head, 28)[0]) if head[12:16] == b"ds64" else 0


def _chunked_end(
    file: BinaryIO, size: int, wanted: bytes, start: int, form: str, large: int = 0
) -> int:
    """Where the chunk `wanted` should end; 0 if there is none or its length is a placeholder."""
    at, width = start, 4 + struct.calcsize(form)
    while at + width <= size:
        file.seek(at)
        header = file.read(width)
        (length,) = struct.unpack_from(form, header, 4)
        if header[:4] == wanted:
            if length == 0xFFFFFFFF and large:
                length = large
            return 0 if length in _STREAMED_32 or length < 0 else int(at + width + length)
        if length < 0:
            return 0
        # Chunks of RIFF and AIFF begin at even places, those of CAF anywhere.
        at += width + length + (length & 1 if width == 8 else 0)
    return 0


def _ogg_end(file: BinaryIO, size: int) -> int:
    """Where the last page should end."""
    file.seek(max(0, size - _OGG_TAIL))
    tail = file.read(_OGG_TAIL)
    at = tail.rfind(b"OggS")
    if at < 0:
        return 0
    page = tail[at:]
    # 26 bytes, the number of parts, the length of each part, the parts.
    if len(page) < 27 or len(page) < 27 + page[26]:
        return size + 1
    return size - len(page) + 27 + page[26] + sum(page[27 : 27 + page[26]])


def _xing_end(file: BinaryIO, head: bytes) -> int:
    """Where an MP3 with a Xing header should end; 0 for anything else."""
    at = 0
    if head[:3] == b"ID3":  # its length has 7 bits a byte
        at = 10 + sum(
            (byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)
        )
    file.seek(at)
    frame = file.read(256)
    if len(frame) < 4 or frame[0] != 0xFF or frame[1] & 0xE0 != 0xE0:
        return 0
    mark = max(frame.find(b"Xing"), frame.find(b"Info"))
    if mark < 0:
        return 0
    flags = struct.unpack_from(">I", frame, mark + 4)[0]
    if not flags & 2:
        return 0
    length = struct.unpack_from(">I", frame, mark + (12 if flags & 1 else 8))[0]
    return int(at + length)
