"""What compressed and encoded bytes contain: archives, tables, base64, lossless audio.

Unpacked content is read up to `MOST` bytes, so that no file exhausts memory.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

MOST = 1 << 29
"""Bytes."""
_DEPTH = 3
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{256,}={0,2}")
_LOSSLESS = (b"fLaC", b"RIFF", b"FORM")
_FRAMES = 1 << 20


def unpacked(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """The contents of `data`, recursively; nothing if it is not a container or is damaged."""
    if depth == _DEPTH:
        return
    for inner in _inner(data):
        yield inner
        yield from unpacked(inner, depth + 1)


def _inner(data: bytes) -> Iterator[bytes]:
    for magic, open_ in _STREAMS.items():
        if data.startswith(magic):
            yield from _read(open_, data)
            return
    if data.startswith(b"PK\x03\x04"):
        yield from _zip(data)
    elif data.startswith(b"PAR1"):
        yield from _columns(_parquet, data)
    elif data.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        yield from _columns(_arrow, data)
    elif data.startswith(_LOSSLESS):
        yield from pcm_of(data)
    else:
        for match in _BASE64.finditer(data):
            text = match[0].rstrip(b"=")
            try:
                yield base64.b64decode(text + b"=" * (-len(text) % 4))
            except binascii.Error:
                continue


def pcm_of(audio: bytes | Path) -> Iterator[bytes]:
    """16 bit PCM of a file that libsndfile reads, in parts, at its own rate with all channels."""
    import soundfile

    source = io.BytesIO(audio) if isinstance(audio, bytes) else str(audio)
    try:
        with soundfile.SoundFile(source) as sound:
            read = 0
            while read < MOST and len(part := sound.read(_FRAMES, dtype="int16")):
                read += part.nbytes
                yield part.tobytes()
    except (soundfile.SoundFileError, OSError, ValueError, TypeError):
        return


def _zstd(data: bytes) -> Any:
    import pyarrow as pa

    return pa.CompressedInputStream(pa.BufferReader(data), "zstd")


_STREAMS: dict[bytes, Callable[[bytes], Any]] = {
    b"\x1f\x8b": lambda data: gzip.GzipFile(fileobj=io.BytesIO(data)),
    b"BZh": lambda data: bz2.BZ2File(io.BytesIO(data)),
    b"\xfd7zXZ\0": lambda data: lzma.LZMAFile(io.BytesIO(data)),  # noqa: SIM115 `_read` closes it
    b"\x28\xb5\x2f\xfd": _zstd,
}


def _read(open_: Callable[[bytes], Any], data: bytes) -> Iterator[bytes]:
    try:
        with open_(data) as stream:
            yield stream.read(MOST)
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
        return


def _zip(data: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                yield entry.filename.encode()
                with archive.open(entry) as file:
                    yield file.read(MOST)
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        return


def _columns(read: Callable[[bytes], Any], data: bytes) -> Iterator[bytes]:
    """The values of a table's columns, where they are compressed."""
    import pyarrow as pa

    try:
        table = read(data)
    except (pa.ArrowException, OSError, ValueError):
        return
    if table.nbytes <= 1.1 * len(data):
        return  # as they stand in `data`
    for column in table.itercolumns():
        for chunk in column.chunks:
            for buffer in chunk.buffers():
                if buffer is not None:
                    yield buffer.to_pybytes()


def _parquet(data: bytes) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pq.read_table(pa.BufferReader(data))


def _arrow(data: bytes) -> Any:
    import pyarrow as pa

    source = pa.BufferReader(data)
    is_file = data.startswith(b"ARROW1")
    return (pa.ipc.open_file if is_file else pa.ipc.open_stream)(source).read_all()
