"""Attune's own files: their words are not a person's, even where the demo's people say them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from attune.forget.words import readings, runs_of, words_of
from stages.common.evaluation.comparison.revisions import git

_OWN = (
    ".ci", ".github", "README.md", "attune", "bench", "demo", "docs", "service", "stages", "tests",
)  # fmt: skip
"""In other folders there may be a transcript that somebody committed by mistake."""
_LARGE = 1 << 22


@dataclass(frozen=True)
class OwnWords:
    runs: frozenset[str]
    text: str
    """All words, with a space before and after each."""


def is_own(path: str) -> bool:
    """Whether a path in git is one of Attune's files. path: from the repository's root."""
    return path.partition("/")[0] in _OWN


def own_words() -> OwnWords:
    runs: set[str] = set()
    words: list[str] = []
    for path in _own_files():
        text = path.read_text(encoding="utf-8", errors="ignore")
        words += words_of(text)
        for reading in readings(text):
            runs |= runs_of(reading)
    return OwnWords(frozenset(runs), f" {' '.join(words)} ")


def _own_files() -> Iterator[Path]:
    for name in (git("ls-files", "-z", strip=False) or "").split("\0"):
        path = Path(name)
        if is_own(name) and path.is_file() and path.stat().st_size <= _LARGE:
            yield path
