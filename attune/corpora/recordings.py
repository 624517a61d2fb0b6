"""Shared by all importers: the recordings found, and what each becomes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from stages.common.audio.decode import decode
from stages.common.audio.samples import Samples
from stages.common.core.rejections import RECORDING, RecordingRejected

_DEPTH = 2
"""Levels of folders below the corpus's that are searched."""
_POINTER = b"version https://git-lfs"


class NotImported(Exception):
    """A recording cannot be imported; the message says why and what to do."""


@dataclass(frozen=True)
class Found:
    """The files of one recording in the corpus's folder."""

    number: str
    """The corpus's own name for it: `318`, `day1_consultation01`."""
    stem: str
    """Name of the imported recording and of its client; no two recordings share a client."""
    files: dict[str, list[Path]]
    """Kind of file -> its files; more than one is an error."""

    def one(self, kind: str, name: str) -> Path:
        """The only file of a kind. name: expected file name, for messages.

        Raises: NotImported.
        """
        paths = self.files.get(kind, [])
        if not paths:
            raise NotImported(f"{name} is missing; copy it from the corpus again")
        if len(paths) > 1:
            raise NotImported(f"{name} was found {len(paths)} times; keep one")
        return paths[0]


@dataclass
class Prepared:
    """What one recording becomes."""

    suffix: str
    """Of the audio file, with the dot."""
    write_audio: Callable[[Path], None]
    transcripts: dict[str, bytes]
    """File name -> content."""
    seconds: float
    cues: int
    """Cues that are kept."""
    unclear: int
    """Those of `cues` with unknown words: `segment` drops them."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Reason -> number of the transcript's cues that are left out."""
    remarks: list[str] = field(default_factory=list)


class Importer(Protocol):
    """A module that reads one corpus."""

    LAYOUT: str
    """The expected files, in one line, for messages."""

    def find(self, folder: Path) -> list[Found]:
        """The recordings in the folder, sorted; empty if it is not the corpus."""

    def prepare(self, found: Found) -> Prepared:
        """Raises: NotImported."""


def files_below(folder: Path, depth: int = _DEPTH) -> Iterator[Path]:
    """Files and folders of the corpus, by name, without hidden ones such as macOS's `._` files."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        yield path
        if depth and path.is_dir():
            yield from files_below(path, depth - 1)


def by_number(pairs: Iterator[tuple[str, str, Path]]) -> dict[str, dict[str, list[Path]]]:
    """Number -> kind -> files, from (number, kind, file)."""
    files: dict[str, dict[str, list[Path]]] = defaultdict(lambda: defaultdict(list))
    for number, kind, path in pairs:
        files[number][kind].append(path)
    return {number: dict(kinds) for number, kinds in sorted(files.items())}


def decoded(path: Path) -> Samples:
    """16 kHz mono, shape (samples,). Raises: NotImported."""
    if not path.is_file():
        raise NotImported(RECORDING["no_file"])
    try:
        with path.open("rb") as file:
            if file.read(len(_POINTER)) == _POINTER:
                raise NotImported("its audio is a git-lfs pointer; run `git lfs pull` there")
        return decode(path).samples
    except OSError:
        raise NotImported(RECORDING["audio_unreadable"]) from None
    except RecordingRejected as rejected:
        raise NotImported(RECORDING[rejected.reason]) from None
