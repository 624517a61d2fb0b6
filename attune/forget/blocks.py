"""Blocks of audio bytes, and where they occur in other bytes, at any offset.

A block is 64 bytes, 32 samples of PCM: enough that two recorded voices share none by chance.
Each block is indexed by eight words of 8 bytes, one for each alignment, so that only every eighth
offset of the searched bytes is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

SIZE = 64
STEP = 8192
"""Bytes from one block to the next: a quarter of a second of PCM at 16 kHz."""
_WORD = 8
_LEAST_VALUES = 20
"""Distinct bytes in a block; padding and digital silence have fewer, and occur everywhere."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
Bytes = bytes | memoryview


def blocks_of(audio: Bytes) -> list[bytes]:
    """One block per `STEP` bytes of an audio file or of PCM, where there is more than silence."""
    view, blocks = memoryview(audio), []
    for start in range(0, max(0, len(view) - SIZE), STEP):
        for at in range(start, min(start + STEP, len(view) - SIZE), SIZE):
            block = bytes(view[at : at + SIZE])
            if len(set(block)) >= _LEAST_VALUES:
                blocks.append(block)
                break
    return blocks


class Blocks:
    """An index of blocks."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = sorted(set(blocks))
        joined = np.frombuffer(b"".join(self._blocks), np.uint8).reshape(-1, SIZE)
        words = [
            np.ascontiguousarray(joined[:, at : at + _WORD]).view("<u8").ravel()
            for at in range(_WORD)
        ]
        every = np.concatenate(words) if words else np.zeros(0, "<u8")
        order = np.argsort(every, kind="stable")
        self._words = every[order]
        # Place of a word -> its block and its offset in it.
        self._of = (order % max(1, len(self._blocks)), order // max(1, len(self._blocks)))
        self._shift = np.uint64(64 - max(16, int(8 * len(every)).bit_length()))
        self._maybe = np.zeros(1 << (64 - int(self._shift)), bool)
        self._maybe[self._hash(self._words)] = True

    def __len__(self) -> int:
        return len(self._blocks)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._blocks)

    def occur_in(self, data: Bytes) -> bool:
        return any(True for _ in self.matches(data))

    def matches(self, data: Bytes) -> Iterator[bytes]:
        """Every occurrence of a block in `data`."""
        if not self._blocks or len(data) < SIZE:
            return
        whole = np.frombuffer(data, np.uint8)
        words = whole[: len(whole) // _WORD * _WORD].view("<u8")
        places = np.flatnonzero(self._maybe[self._hash(words)])
        at = np.searchsorted(self._words, words[places])
        at[at == len(self._words)] = 0
        matching = self._words[at] == words[places]
        for place, first in zip(places[matching], at[matching], strict=True):
            last = int(np.searchsorted(self._words, words[place], "right"))
            for number in range(int(first), last):
                block, offset = (int(part[number]) for part in self._of)
                start = int(place) * _WORD - offset
                if start >= 0 and whole[start : start + SIZE].tobytes() == self._blocks[block]:
                    yield self._blocks[block]

    def _hash(self, words: npt.NDArray[Any]) -> npt.NDArray[np.uint64]:
        hashes: npt.NDArray[np.uint64] = (words * _MIX) >> self._shift
        return hashes
