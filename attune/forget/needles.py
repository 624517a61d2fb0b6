"""What to look for: ids, names, digests of files, runs of words, blocks of audio."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from attune.forget.blocks import SIZE, Blocks
from attune.forget.containers import unpacked
from attune.forget.words import Phrases, readings, texts_in

IDS, NAMES, DIGESTS, WORDS, AUDIO = KINDS = ("ids", "names", "file hashes", "words", "audio")
_DIGEST = re.compile(r"[0-9a-f]{32,64}")
_CHUNK = 1 << 24
_OVERLAP = 4096
"""Bytes that two chunks share, so that what lies across their border is found."""
_LARGE = 1 << 28
"""Larger files are searched without unpacking, which could exhaust memory."""


@dataclass(frozen=True)
class Needles:
    ids: tuple[bytes, ...]
    names: Phrases
    """Of recordings and clients, as words."""
    digests: frozenset[str]
    """MD5 and SHA-256 of their files, in hexadecimal."""
    runs: Phrases
    """Runs of words that only they said."""
    blocks: Blocks
    hidden_names: int = 0
    """Names too short or too common to look for."""
    least_runs: int = 1
    """Distinct runs in one part of a file from which it counts as a finding."""

    def in_bytes(self, data: bytes, name: str = "") -> set[str]:
        """The kinds of needles in a file's content, in what it contains, and in its path."""
        held = self._in_chunk(name.encode(errors="surrogateescape")) if name else set()
        for part in _chunks(data):
            held |= self._in_chunk(part)
        if len(data) <= _LARGE:
            for inner in unpacked(data):
                for part in _chunks(inner):
                    held |= self._in_chunk(part)
        return held

    def in_file(self, path: Path, name: str = "") -> set[str]:
        """As `in_bytes`; nothing in what is no regular file. Raises: OSError."""
        if path.stat().st_size <= _LARGE:
            return self.in_bytes(path.read_bytes(), name)
        held = self._in_chunk(name.encode(errors="surrogateescape")) if name else set()
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            for at in range(0, len(data), _CHUNK):
                held |= self._in_chunk(data[at : at + _CHUNK + _OVERLAP])
        return held

    def blocks_in(self, data: bytes) -> set[bytes]:
        """The blocks in a file's content, and in what it contains."""
        return {
            block
            for content in (data, *unpacked(data))
            for part in _chunks(content)
            for block in self.blocks.matches(part)
        }

    def without_words(self) -> Needles:
        """For files that Attune's authors wrote: their words and names are not the person's."""
        return replace(self, names=Phrases(()), runs=Phrases(()))

    def _in_chunk(self, data: bytes) -> set[str]:
        held = {IDS} if any(id_ in data for id_ in self.ids) else set()
        if len(data) >= SIZE and self.blocks.occur_in(data):
            held.add(AUDIO)
        runs: set[str] = set()
        for text in texts_in(data):
            if self.digests and any(m[0] in self.digests for m in _DIGEST.finditer(text)):
                held.add(DIGESTS)
            if not (self.names or self.runs):
                continue
            for words in readings(text):
                if self.names.in_words(words):
                    held.add(NAMES)
                runs |= self.runs.in_words(words)
        return held | ({WORDS} if len(runs) >= self.least_runs else set())


def _chunks(data: bytes) -> Iterator[bytes]:
    if len(data) <= _CHUNK:
        yield data
        return
    for at in range(0, len(data), _CHUNK):
        yield data[at : at + _CHUNK + _OVERLAP]
