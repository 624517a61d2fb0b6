"""Detect truncated audio files: fewer bytes than the header states.

Decoders accept a file that was copied in part, and return what is there. A header without a size
(a streaming recorder writes 0 or the largest number) states nothing.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

_STREAMED_32 = {0, 0xFFFFFFFF, *range(0x7FFFF000, 0x80000000)}
_OGG_TAIL = 2 * 65_307
"""Twice the size of the largest Ogg page: the last page starts within it."""


def missing_bytes(file: BinaryIO, size: int) -> int:
    """Bytes that are missing at the end of the file; 0 if it is complete or states no size.

    Reads WAV, RF64, AIFF, CAF, AU, Ogg and MP3 with a Xing header; FLAC and MP4 fail to decode.

    size: of the file in bytes.
    """
    file.seek(0)
    head = file.read(64)
    try:
        end = _stated_end(file, head, size)
    except struct.error:  # the header itself is truncated, which the decoder reports
        end = 0
    file.seek(0)
    return max(0, end - size)


def _stated_end(file: BinaryIO, head: bytes, size: int) -> int:
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
    """64-bit length of the data chunk, from the `ds64` chunk at the start of an RF64 file."""
    return int(struct.unpack_from("<Q", head, 28)[0]) if head[12:16] == b"ds64" else 0


def _chunked_end(
    file: BinaryIO, size: int, chunk: bytes, start: int, length_format: str, large: int = 0
) -> int:
    """Where the chunk `chunk` should end; 0 if there is none or its length is a placeholder."""
    at, width = start, 4 + struct.calcsize(length_format)
    while at + width <= size:
        file.seek(at)
        header = file.read(width)
        (length,) = struct.unpack_from(length_format, header, 4)
        if header[:4] == chunk:
            if length == 0xFFFFFFFF and large:
                length = large
            return 0 if length in _STREAMED_32 or length < 0 else int(at + width + length)
        if length < 0:
            return 0
        # Chunks of RIFF and AIFF are padded to an even length, those of CAF are not.
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
    # 26 bytes, the number of segments, the length of each segment, the segments.
    if len(page) < 27 or len(page) < 27 + page[26]:
        return size + 1
    return size - len(page) + 27 + page[26] + sum(page[27 : 27 + page[26]])


def _xing_end(file: BinaryIO, head: bytes) -> int:
    """Where an MP3 with a Xing header should end; 0 for anything else."""
    at = 0
    if head[:3] == b"ID3":  # its length has 7 bits per byte
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
