"""Drafts of transcripts: the files that a person corrects, and what is known of them."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from stages.common.core.files import Row, read_json, sha256, write_text
from stages.common.transcripts.timestamps import subrip_time

_LONGEST = 10.0
"""Seconds of a cue that is read at a glance."""
_SHORTEST = 1.0
_LISTED = 50
_ENDS = (".", "?", "!", ",", ";")
_MADE = ".made.json"


@dataclass(frozen=True)
class Word:
    start: float
    end: float
    text: str
    probability: float


@dataclass(frozen=True)
class Draft:
    cues: list[list[Word]]
    seconds: float

    @property
    def certainty(self) -> float:
        """Mean log probability of the words."""
        words = [word for cue in self.cues for word in cue]
        return sum(math.log(max(word.probability, 1e-9)) for word in words) / max(1, len(words))


def cues_of(words: list[Word]) -> list[list[Word]]:
    """What was heard as one, cut after a stop or in the longest pause while it lasts too long.

    Models give some words no length at all: a cue of them alone would have none either.
    """
    if not words:
        return []
    places = [
        at
        for at in range(1, len(words))
        if words[at - 1].end - words[0].start >= _SHORTEST
        and words[-1].end - words[at].start >= _SHORTEST
    ]
    if words[-1].end - words[0].start <= _LONGEST or not places:
        return [words]

    def worth(at: int) -> tuple[float, int]:
        ends = words[at - 1].text.endswith(_ENDS)
        off_middle = abs(2 * at - len(words))
        return (words[at].start - words[at - 1].end + 0.5 * ends, -off_middle)

    at = max(places, key=worth)
    return cues_of(words[:at]) + cues_of(words[at:])


class Store:
    """The folder of drafts, and what is known of those made before."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        made = folder / _MADE
        self._made: Row = read_json(made) if made.is_file() else {}

    def is_made(self, stem: str, fingerprint: str) -> bool:
        """Whether the draft of that very recording, model and way of hearing is there."""
        known = self._made.get(stem)
        return (
            known is not None and known["fingerprint"] == fingerprint and self._path(stem).exists()
        )

    def is_edited(self, stem: str) -> bool:
        """Whether a file stands in the draft's place that is not as it was written."""
        path, known = self._path(stem), self._made.get(stem)
        return path.exists() and (known is None or sha256(path) != known["sha256"])

    def write(self, stem: str, name: str, fingerprint: str, found: Draft) -> None:
        """Write the draft's files; that it is made is noted last."""
        write_text(self._path(stem), srt(found.cues))
        write_text(self._folder / f"{stem}.words.csv", uncertain(found.cues))
        self._made[stem] = {
            "id": name,
            "fingerprint": fingerprint,
            "sha256": sha256(self._path(stem)),
            "seconds": round(found.seconds, 3),
            "words": sum(map(len, found.cues)),
            "certainty": round(found.certainty, 4),
        }
        write_text(self._folder / _MADE, json.dumps(self._made, indent=1, sort_keys=True) + "\n")

    def write_order(self, stems: set[str]) -> None:
        """`order.csv`: the drafts of recordings that still have no transcript."""
        rows = [
            (row["certainty"], row["id"], stem, row["seconds"], row["words"])
            for stem, row in self._made.items()
            if stem in stems and self._path(stem).exists()
        ]
        head = ("mean_log_probability", "id", "recording", "seconds", "words")
        write_text(self._folder / "order.csv", _table(head, sorted(rows)))

    def _path(self, stem: str) -> Path:
        return self._folder / f"{stem}.srt"


def srt(cues: Sequence[Sequence[Word]]) -> str:
    """SubRip, a cue for each list of words."""
    blocks = []
    for number, cue in enumerate(cues, 1):
        start, end = cue[0].start, max(cue[-1].end, cue[0].start + 0.1)
        text = " ".join(word.text for word in cue)
        blocks.append(f"{number}\n{subrip_time(start)} --> {subrip_time(end)}\n{text}\n")
    return "\n".join(blocks)


def uncertain(cues: Sequence[Sequence[Word]]) -> str:
    """The least certain words as CSV, the least certain first."""
    words = [(w.probability, w.start, w.end, w.text, n) for n, c in enumerate(cues, 1) for w in c]
    rows = [
        (f"{start:.2f}", f"{end:.2f}", text, f"{probability:.3f}", number)
        for probability, start, end, text, number in sorted(words)[:_LISTED]
    ]
    return _table(("start", "end", "word", "probability", "cue"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
