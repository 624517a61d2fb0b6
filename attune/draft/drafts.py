"""Draft transcripts: their cues and files, and the record of finished drafts."""

from __future__ import annotations

import csv
import io
import json
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from stages.common.core.files import Row, read_json, sha256, write_text
from stages.common.transcripts.timestamps import subrip_time

_MAX_CUE_SECONDS = 10.0
_MIN_CUE_SECONDS = 1.0
_PUNCTUATION = (".", "?", "!", ",", ";")
_PUNCTUATION_BONUS = 0.5
"""Seconds of pause that a punctuation mark counts for when choosing a cut."""
_UNCERTAIN_WORDS = 50
_RECORD = ".made.json"


@dataclass(frozen=True)
class Word:
    start: float
    end: float
    """Seconds from the recording's start."""
    text: str
    probability: float


def cues_of(words: list[Word]) -> list[list[Word]]:
    """Divide a segment's words into cues of at most 10 s where possible, at least 1 s each.

    Cuts at the longest pause; punctuation counts as half a second more. Models give some words no
    duration, so a cue with only such words would have none either.
    """
    if not words:
        return []
    places = [
        at
        for at in range(1, len(words))
        if words[at - 1].end - words[0].start >= _MIN_CUE_SECONDS
        and words[-1].end - words[at].start >= _MIN_CUE_SECONDS
    ]
    if words[-1].end - words[0].start <= _MAX_CUE_SECONDS or not places:
        return [words]

    def fitness(at: int) -> tuple[float, int]:
        punctuated = words[at - 1].text.endswith(_PUNCTUATION)
        pause = words[at].start - words[at - 1].end
        off_middle = abs(2 * at - len(words))
        return (pause + _PUNCTUATION_BONUS * punctuated, -off_middle)

    at = max(places, key=fitness)
    return cues_of(words[:at]) + cues_of(words[at:])


class Store:
    """The folder of drafts, with a record of those written earlier."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        record = folder / _RECORD
        self._record: Row = read_json(record) if record.is_file() else {}

    def is_current(self, stem: str, fingerprint: str) -> bool:
        """Whether a draft with this fingerprint (audio, model, decoding options) exists."""
        known = self._record.get(stem)
        return (
            known is not None and known["fingerprint"] == fingerprint and self._path(stem).exists()
        )

    def is_edited(self, stem: str) -> bool:
        """Whether a draft exists and was changed after it was written."""
        path, known = self._path(stem), self._record.get(stem)
        return path.exists() and (known is None or sha256(path) != known["sha256"])

    def write(
        self, stem: str, name: str, fingerprint: str, cues: list[list[Word]], seconds: float
    ) -> None:
        """Write the draft's files, then record it. name: the recording's id."""
        write_text(self._path(stem), srt(cues))
        write_text(self._folder / f"{stem}.words.csv", uncertain_words(cues))
        log_probabilities = [math.log(max(word.probability, 1e-9)) for cue in cues for word in cue]
        self._record[stem] = {
            "id": name,
            "fingerprint": fingerprint,
            "sha256": sha256(self._path(stem)),
            "seconds": round(seconds, 3),
            "words": len(log_probabilities),
            "certainty": round(statistics.fmean(log_probabilities), 4),
        }
        text = json.dumps(self._record, indent=1, sort_keys=True) + "\n"
        write_text(self._folder / _RECORD, text)

    def write_order(self, stems: set[str]) -> None:
        """Write `order.csv`: drafts by confidence. stems: recordings without a transcript."""
        rows = [
            (row["certainty"], row["id"], stem, row["seconds"], row["words"])
            for stem, row in self._record.items()
            if stem in stems and self._path(stem).exists()
        ]
        head = ("mean_log_probability", "id", "recording", "seconds", "words")
        write_text(self._folder / "order.csv", _csv(head, sorted(rows)))

    def _path(self, stem: str) -> Path:
        return self._folder / f"{stem}.srt"


def srt(cues: Sequence[Sequence[Word]]) -> str:
    """SubRip, one cue per list of words."""
    blocks = []
    for number, cue in enumerate(cues, 1):
        start, end = cue[0].start, max(cue[-1].end, cue[0].start + 0.1)
        text = " ".join(word.text for word in cue)
        blocks.append(f"{number}\n{subrip_time(start)} --> {subrip_time(end)}\n{text}\n")
    return "\n".join(blocks)


def uncertain_words(cues: Sequence[Sequence[Word]]) -> str:
    """CSV of the 50 words with the lowest probability, lowest first."""
    words = [(w.probability, w.start, w.end, w.text, n) for n, c in enumerate(cues, 1) for w in c]
    rows = [
        (f"{start:.2f}", f"{end:.2f}", text, f"{probability:.3f}", number)
        for probability, start, end, text, number in sorted(words)[:_UNCERTAIN_WORDS]
    ]
    return _csv(("start", "end", "word", "probability", "cue"), rows)


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
