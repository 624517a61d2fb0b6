"""Words in any file: runs of four consecutive ones, and names."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

import numpy as np

RUN = 4
"""Consecutive words. Runs of three are too common, and five would miss short sentences."""
_LEAST = 16
"""Minimum length in bytes of a text in a binary file."""
_APOSTROPHES = re.compile("['\u2018\u2019]")
_TOKEN = re.compile(r"[^\W_]+")
_CODE = re.compile(r"\\u([0-9a-fA-F]{4})")
_TAG = re.compile(r"<[^<>]*>")
# Words with their times, one an object, as aligners write them.
_FIELDS = re.compile(r'"(?:text|word)": ?"((?:[^"\\]|\\.)*)"')
_CONTROL = np.array([byte < 32 and byte not in b"\t\n\r" for byte in range(256)])
_LATIN, _OTHER = 0.35, 0.75
"""Share of bytes above 127: at most `_LATIN` in Latin scripts, at least `_OTHER` in others, and in
between in noise."""


def words_of(text: str) -> list[str]:
    """Words in lower case, without punctuation and the syntax of HTML, JSON and CSV. "I'm" is one
    word, with or without its apostrophe."""
    text = _CODE.sub(lambda code: chr(int(code[1], 16)), html.unescape(text))
    text = re.sub(r"\\[nrt]", " ", text)
    return _TOKEN.findall(_APOSTROPHES.sub("", text.lower()))


def runs_of(words: list[str]) -> set[str]:
    """Runs of `RUN` words with at most one number: times of cues are nobody's words."""
    runs = set()
    numbers = [word[0].isdigit() for word in words]
    for at in range(len(words) - RUN + 1):
        if sum(numbers[at : at + RUN]) <= 1:
            runs.add(" ".join(words[at : at + RUN]))
    return runs


def texts_in(data: bytes | memoryview) -> Iterator[str]:
    """The texts in a file's content: all of it, or the readable parts if it is binary."""
    start = bytes(data[:2])
    if start in (b"\xff\xfe", b"\xfe\xff"):
        yield bytes(data).decode("utf-16", "ignore")
        return
    whole = np.frombuffer(data, np.uint8)
    breaks = np.flatnonzero(_CONTROL[whole])
    starts = np.concatenate(([0], breaks + 1))
    ends = np.concatenate((breaks, [len(whole)]))
    long = ends - starts >= (_LEAST if len(breaks) else 1)
    if len(breaks):
        above = np.concatenate(([0], np.cumsum(whole > 127, dtype=np.int32)))
        share = (above[ends] - above[starts]) / np.maximum(1, ends - starts)
        long &= (share <= _LATIN) | (share >= _OTHER)
    for at in np.flatnonzero(long):
        part = bytes(data[int(starts[at]) : int(ends[at])])
        try:
            yield part.decode("utf-8")
        except UnicodeDecodeError:
            # Binary but for a few letters, or a text with a few bytes of another encoding.
            ascii_part = part.translate(None, bytes(range(128, 256)))
            if 2 * len(ascii_part) > len(part) and len(ascii_part) >= _LEAST:
                yield part.decode("utf-8", "ignore")


def readings(text: str) -> Iterator[list[str]]:
    """The words of a text: as it is, without tags, and from JSON's fields `text` and `word`."""
    yield words_of(text)
    if "<" in text:
        yield words_of(_TAG.sub(" ", text))
    if '"text"' in text or '"word"' in text:
        yield words_of(" ".join(_FIELDS.findall(text)))


class Phrases:
    """Sequences of words, of any length, and whether a text holds one."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = frozenset(phrases)
        self._lengths = sorted({phrase.count(" ") + 1 for phrase in self._phrases})
        self._first = frozenset(phrase.split(" ", 1)[0] for phrase in self._phrases)

    def __len__(self) -> int:
        return len(self._phrases)

    def in_words(self, words: list[str]) -> set[str]:
        held = set()
        for at, word in enumerate(words):
            if word in self._first:
                for length in self._lengths:
                    phrase = " ".join(words[at : at + length])
                    if phrase in self._phrases:
                        held.add(phrase)
        return held

    def without(self, phrases: Iterable[str]) -> Phrases:
        return Phrases(self._phrases.difference(phrases))

    def __iter__(self) -> Iterator[str]:
        return iter(self._phrases)
