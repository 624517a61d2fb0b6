"""Random sample of the parts of a recording that are checked."""

from __future__ import annotations

import hashlib
import math
from typing import Literal

from stages.common.audio.voice_activity import SpeechInterval

Check = Literal["all", "sample", "none"]
_BLOCK_SECONDS = 60.0
_MIN_BLOCKS, _SHARE = 3, 0.1
"""The sample has at least so many blocks, and at least this share of the recording."""


def drawn_blocks(recording: str, seconds: float, check: Check) -> list[SpeechInterval]:
    """(start, end) in seconds of the blocks to check, in order and disjoint.

    They depend on the recording's id and length alone, so that every run draws the same.
    """
    if check == "none":
        return []
    count = max(1, math.ceil(seconds / _BLOCK_SECONDS))
    most = max(_MIN_BLOCKS, math.ceil(_SHARE * count))
    if check == "all" or most >= count:
        return [(0.0, seconds)]

    def draw(block: int) -> str:
        return hashlib.sha256(f"{recording}\0{block}".encode()).hexdigest()

    chosen = sorted(sorted(range(count), key=draw)[:most])
    return [(_BLOCK_SECONDS * n, min(_BLOCK_SECONDS * (n + 1), seconds)) for n in chosen]
