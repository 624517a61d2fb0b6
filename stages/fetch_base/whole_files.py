"""Detects truncated model files, as an interrupted copy leaves them, before a library opens them:
libraries name no file in their errors, or crash the process.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

_MOST_HEADER = 100_000_000
"""Bytes, as the format demands."""


def is_whole(path: Path) -> bool:
    """Whether a file has all the bytes that it states, by its suffix; True for other suffixes.

    - .safetensors: https://huggingface.co/docs/safetensors, "Format"
    - .json: it can be parsed
    - .bin: PyTorch's archives end with their table of contents; older ones state no size
    """
    if path.suffix == ".safetensors":
        return _is_whole_safetensors(path)
    if path.suffix == ".json":
        return _is_json(path.read_bytes())
    if path.suffix == ".bin":
        with path.open("rb") as content:
            is_archive = content.read(4) == b"PK\x03\x04"
        return path.stat().st_size > 0 and (not is_archive or zipfile.is_zipfile(path))
    return True


def _is_whole_safetensors(path: Path) -> bool:
    with path.open("rb") as content:
        length = int.from_bytes(content.read(8), "little")
        header = content.read(min(length, _MOST_HEADER))
    try:
        tensors = json.loads(header)
        ends = [row["data_offsets"][1] for name, row in tensors.items() if name != "__metadata__"]
        return bool(path.stat().st_size >= 8 + length + max(ends))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return False


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True
