"""The folder of drafts: words and WebVTT of each recording, and the record of what wrote them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from attune.webvtt import write_vtt
from stages.common.core.errors import UserError
from stages.common.core.files import Row, read_json, read_rows, sha256, write_rows, write_text
from stages.common.transcripts.cue import Cue

FOLDER = Path("data/drafts")
RECORD = ".made.json"


@dataclass(frozen=True)
class Word:
    start: float
    end: float
    """Seconds from the recording's start."""
    text: str
    probability: float
    """The model's, 0 to 1."""


@dataclass(frozen=True)
class Writer:
    """The model that writes a draft."""

    model: str
    """"base" or "tuned"."""
    model_digest: str
    """Of the converted model's files."""
    trained_hours: float
    """Audio that the tuned model was trained on; 0 for the base."""


@dataclass(frozen=True)
class Recorded(Writer):
    """The record's entry for a draft."""

    id: str
    fingerprint: str
    """Of audio, model, decoding options and terms."""
    sha256: str
    """Of the draft as written, to see whether it was edited."""
    seconds: float
    """Length of the recording."""
    words: int
    doubt: float
    """See `expected_wrong`."""
    trained_on: bool
    """The model was trained on this recording."""


def expected_wrong(words: Iterable[Word]) -> float:
    """Number of wrong words that the model expects."""
    return sum(1 - word.probability for word in words)


def read_words(folder: Path, stem: str) -> list[Word]:
    """All words of a draft, in order of time.

    Raises: UserError if the file is missing or damaged; the message names no recording.
    """
    try:
        return [Word(**row) for row in read_rows(folder / f"{stem}.words.jsonl")]
    except (OSError, ValueError, TypeError):
        raise UserError(
            f"{folder}: the words of a draft are missing or damaged; delete its .vtt, unless it "
            "was edited, and run `attune draft`"
        ) from None


def read_record(folder: Path) -> dict[str, Recorded]:
    """The record's entries by the recording's stem, without drafts of earlier versions."""
    return {
        stem: Recorded(**row)
        for stem, row in sorted(_record(folder).items())
        if row.keys() == Recorded.__dataclass_fields__.keys()
    }


def _record(folder: Path) -> dict[str, Any]:
    path = folder / RECORD
    return read_json(path) if path.is_file() else {}


def draft_path(folder: Path, stem: str) -> Path:
    return folder / f"{stem}.vtt"


class Store:
    """The folder of drafts, with a record of those written earlier."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._record: dict[str, Row] = _record(folder)

    def is_current(self, stem: str, fingerprint: str) -> bool:
        """Whether a draft with this fingerprint exists."""
        known = self._record.get(stem, {})
        written = draft_path(self._folder, stem).exists() and self._words(stem).exists()
        return known.get("fingerprint") == fingerprint and written

    def is_edited(self, stem: str) -> bool:
        """Whether a draft exists, in SubRip as earlier versions wrote it or in WebVTT, and was
        changed after it was written."""
        known = self._record.get(stem, {}).get("sha256")
        paths = (draft_path(self._folder, stem), self._old(stem))
        return any(path.exists() and sha256(path) != known for path in paths)

    def write(
        self, stem: str, words: Sequence[Word], cues: Sequence[Cue], facts: dict[str, Any]
    ) -> None:
        """Write the draft's files, then record it.

        facts: the fields of `Recorded` that do not follow from words and cues.
        """
        path = draft_path(self._folder, stem)
        write_rows(self._words(stem), map(asdict, words))
        write_text(path, write_vtt(cues))
        doubt = round(expected_wrong(words), 3)
        known = Recorded(**facts, sha256=sha256(path), words=len(words), doubt=doubt)
        self._record[stem] = asdict(known)
        text = json.dumps(self._record, indent=1, sort_keys=True) + "\n"
        write_text(self._folder / RECORD, text)
        # An earlier version's files, unedited: see `is_edited`.
        self._old(stem).unlink(missing_ok=True)
        (self._folder / f"{stem}.words.csv").unlink(missing_ok=True)

    def _words(self, stem: str) -> Path:
        return self._folder / f"{stem}.words.jsonl"

    def _old(self, stem: str) -> Path:
        return self._folder / f"{stem}.srt"
