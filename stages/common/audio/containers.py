"""Sizes in headers: a truncated file has fewer bytes than stated, the file of a recorder that was
interrupted before it wrote the size has more.

Decoders return what there is of a partly copied file, and of a file whose header states too little
only that much. A header without a size states nothing.
"""

from __future__ import annotations

import re
import struct
from typing import BinaryIO

_PLACEHOLDERS = (range(1), range(0x7FFFF000, 0x80001000), range(0xFFFFF000, 0x100000000))
"""Sizes that recorders write before they know the real one: 0, and values near the largest signed
(sox; arecord writes 0x80000000) and unsigned 32-bit integers."""
_HEAD_BYTES = 256
_MIN_TAIL = 2048
"""Bytes after a WAV file's data; fewer are not audio, since a recorder writes more at once."""
_READ_BYTES = 1 << 20
_CHUNK_NAME = re.compile(rb"[A-Za-z0-9_][A-Za-z0-9_ .-]{3}")
_TAGS = (b"ID3", b"TAG", b"APET")
_EBML, _MATROSKA_SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
_OGG_TAIL = 2 * 65_307
"""Twice the size of the largest Ogg page: the last page starts within it."""


def missing_bytes(file: BinaryIO, size: int) -> int:
    """Bytes that are missing at the end of the file; 0 if it is complete or states no size.

    Reads WAV, RF64, W64, AIFF, CAF, AU, Ogg, Matroska and MP3 with a Xing header; FLAC and MP4
    fail to decode.

    size: of the file in bytes.
    """
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    try:
        end = _stated_end(file, head, size)
    except struct.error:  # the header itself is truncated, which the decoder reports
        end = 0
    file.seek(0)
    return max(0, end - size)


def has_sound_beyond(file: BinaryIO, size: int) -> bool:
    """Whether a WAV or RF64 file has audio after the data that its header states.

    Recorders that are interrupted, or that write 32-bit sizes beyond 4 GiB, leave such files. In
    others, metadata follows the data: chunks, MP3 tags or zeros.

    size: of the file in bytes.
    """
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    try:
        data = _find_chunk(file, size, b"data", 12, "<I") if _is_wav(head) else None
        if data is None:
            return False
        start, length = data
        if head[12:16] == b"ds64" and length == 0xFFFFFFFF:
            length = _rf64_size(head)
        elif _is_placeholder(length):  # both decoders read on
            return False
        end = start + length + (length & 1)
        return size - end >= _MIN_TAIL and not _is_metadata(file, end, size)
    finally:
        file.seek(0)


def _is_metadata(file: BinaryIO, at: int, size: int) -> bool:
    """Whether a WAV file has only metadata from `at` to its end."""
    while at + 8 <= size:
        file.seek(at)
        name, length = struct.unpack("<4sI", file.read(8))
        if name.startswith(_TAGS):
            return True
        if name in (b"RIFF", b"data") or not _CHUNK_NAME.fullmatch(name):
            return _only_zeros(file, at)
        at += 8 + length + (length & 1)
    return at <= size + 1


def _only_zeros(file: BinaryIO, at: int) -> bool:
    file.seek(at)
    while block := file.read(_READ_BYTES):
        if block.strip(b"\0"):
            return False
    return True


def _is_wav(head: bytes) -> bool:
    return head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE"


def _is_placeholder(length: int) -> bool:
    return any(length in values for values in _PLACEHOLDERS)


def _stated_end(file: BinaryIO, head: bytes, size: int) -> int:
    if _is_wav(head):
        return _chunked_end(file, size, b"data", 12, "<I", large=_rf64_size(head))
    if head[:4] == b"RIFX":
        return _chunked_end(file, size, b"data", 12, ">I")
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return _chunked_end(file, size, b"SSND", 12, ">I")
    if head[:4] == b"riff":
        return _w64_end(file, size)
    if head[:4] == b"caff":
        return _chunked_end(file, size, b"data", 8, ">q")
    if head[:4] == b".snd":
        start, length = struct.unpack_from(">II", head, 4)
        return 0 if _is_placeholder(length) else int(start + length)
    if head[:4] == b"OggS":
        return _ogg_end(file, size)
    if head[:4] == _EBML:
        return _matroska_end(head)
    return _xing_end(file, head)


def _rf64_size(head: bytes) -> int:
    """64-bit length of the data chunk, from the `ds64` chunk at the start of an RF64 file."""
    return int(struct.unpack_from("<Q", head, 28)[0]) if head[12:16] == b"ds64" else 0


def _chunked_end(
    file: BinaryIO, size: int, chunk: bytes, start: int, length_format: str, large: int = 0
) -> int:
    """Where the chunk `chunk` should end; 0 if there is none or its length is a placeholder."""
    place = _find_chunk(file, size, chunk, start, length_format)
    if place is None:
        return 0
    at, length = place
    if length == 0xFFFFFFFF and large:
        length = large
    return 0 if _is_placeholder(length) or length < 0 else at + length


def _find_chunk(
    file: BinaryIO, size: int, chunk: bytes, start: int, length_format: str
) -> tuple[int, int] | None:
    """(start of its content, its stated length) of the first chunk with that name."""
    at, width = start, 4 + struct.calcsize(length_format)
    while at + width <= size:
        file.seek(at)
        header = file.read(width)
        (length,) = struct.unpack_from(length_format, header, 4)
        if header[:4] == chunk:
            return at + width, int(length)
        if length < 0:
            return None
        # Chunks of RIFF and AIFF are padded to an even length, those of CAF are not.
        at += width + length + (length & 1 if width == 8 else 0)
    return None


def _w64_end(file: BinaryIO, size: int) -> int:
    """Where the data of a W64 file should end; 0 if it states no length.

    Source: Sony Pictures Digital, "Wave64 file format". A chunk has a name of 16 bytes and a length
    of 8, which counts both, and is padded to a multiple of 8.
    """
    at = 40
    while at + 24 <= size:
        file.seek(at)
        name, length = struct.unpack("<4s12xQ", file.read(24))
        if not 24 < length < 1 << 62:
            return 0
        if name == b"data":
            return int(at + length)
        at += -(-length // 8) * 8
    return 0


def _matroska_end(head: bytes) -> int:
    """Where the segment, which holds everything after the EBML header, should end.

    Source: RFC 8794 (EBML), RFC 9559 (Matroska).
    """
    length, at = _vint(head, 4)
    at += length
    if length < 0 or head[at : at + 4] != _MATROSKA_SEGMENT:
        return 0
    length, at = _vint(head, at + 4)
    return 0 if length < 0 else at + length


def _vint(data: bytes, at: int) -> tuple[int, int]:
    """(value, end) of an EBML integer of 1 to 8 bytes; the value -1 means "unknown"."""
    if at >= len(data) or not data[at]:
        return -1, at
    width = 9 - data[at].bit_length()
    bits = 7 * width
    value = int.from_bytes(data[at : at + width], "big") & ((1 << bits) - 1)
    return (-1 if value == (1 << bits) - 1 else value), at + width


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
